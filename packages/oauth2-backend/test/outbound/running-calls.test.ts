import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ClosedError } from '../../src/errors.js';
import { runningCalls } from '../../src/outbound/running-calls.js';

afterEach(() => void jest.useRealTimers());

async function settled(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  for (let round = 0; round < 3; round++) await Promise.resolve();
  return done;
}

describe('runningCalls().idle(timeout)', () => {
  it('is at once where nothing runs', async () => {
    expect(await settled(runningCalls().idle(1_000))).toBe(true);
  });

  it('waits for the last call and leaves no timer', async () => {
    jest.useFakeTimers();
    const calls = runningCalls();
    const [first, second] = [calls.begin(() => {}), calls.begin(() => {})];
    const idle = calls.idle(1_000);
    first();
    expect(await settled(idle)).toBe(false);
    second();
    expect(await settled(idle)).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits no longer than it is told', async () => {
    jest.useFakeTimers();
    const calls = runningCalls();
    calls.begin(() => {});
    const idle = calls.idle(1_000);
    jest.advanceTimersByTime(999);
    expect(await settled(idle)).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await settled(idle)).toBe(true);
  });
});

describe('runningCalls().close()', () => {
  it('lets no call start, and the running ones end', async () => {
    const calls = runningCalls();
    const end = calls.begin(() => {});
    calls.close();
    expect(() => calls.begin(() => {})).toThrow(ClosedError);
    end();
    expect(await settled(calls.idle(1_000))).toBe(true);
  });
});

describe('runningCalls().cut()', () => {
  it('ends the calls that are left, and no others', () => {
    const calls = runningCalls();
    const reasons: unknown[] = [];
    calls.begin((reason) => reasons.push(reason));
    calls.begin(() => reasons.push('over'))();
    calls.cut();
    expect(reasons).toEqual([expect.any(ClosedError)]);
  });
});
