import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { arrival, poll } from '../../src/sharing/leadership.js';

afterEach(() => void jest.restoreAllMocks());

/** Whether it ends after the one time and before the other: timers of one turn end in order, however busy the machine is. */
async function endsBetween(turn: number, random: number, times: readonly [number, number]): Promise<boolean> {
  jest.spyOn(Math, 'random').mockReturnValue(random);
  const ended: string[] = [];
  const [early, late] = times;
  const before = delay(early).then(() => ended.push('before'));
  const polled = poll(turn, undefined).then(() => ended.push('poll'));
  const after = delay(late).then(() => ended.push('after'));
  await Promise.all([before, polled, after]);
  return ended.join() === 'before,poll,after';
}

describe('poll(turn, signal)', () => {
  it.each([
    [0, 0, 15],
    [0, 1, 30],
    [1, 1, 39],
    [4, 1, 85],
    [5, 1, 100],
    [50, 0, 50],
    [50, 1, 100],
  ] as const)('in turn %d with random %d lasts %d ms', async (turn, random, length) => {
    expect(await endsBetween(turn, random, [length - 4, length + 4])).toBe(true);
  });

  it('ends with the signal', async () => {
    await expect(poll(0, AbortSignal.abort())).rejects.toThrow();
  });
});

describe('arrival(look, ended)', () => {
  it('looks until something is found', async () => {
    const found = [undefined, undefined, 'token', 'another'];
    expect(await arrival(async () => found.shift(), new AbortController().signal)).toBe('token');
    expect(found).toEqual(['another']);
  });

  it('never settles when it is ended or a look fails', async () => {
    const ended = new AbortController();
    const settled: string[] = [];
    const note = () => void settled.push('settled');
    arrival(async () => undefined, ended.signal).then(note, note);
    arrival(() => Promise.reject(new Error('no store')), new AbortController().signal).then(note, note);
    ended.abort();
    await delay(60);
    expect(settled).toEqual([]);
  });
});
