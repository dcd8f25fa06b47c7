import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { MissingSubjectError } from '../../src/errors.js';
import { keep } from '../../src/sources/keep.js';
import type { GrantInput } from '../../src/token-request/grant-source.js';
import { manualClock } from './manual-clock.js';
import { scriptedSource } from './scripted-source.js';

it('keep(source).token() gives a warm token although its renewal waits for an input that never comes', async () => {
  const clock = manualClock();
  let inputs = 0;
  const source = {
    token: async () => {
      const issuedAt = clock.now();
      return { value: 'token-1', type: 'Bearer', issuedAt, expiresAt: issuedAt + 60_000 } as const;
    },
    prepare: (): Promise<GrantInput> => (inputs++ === 0 ? Promise.resolve({ digest: 'd' }) : new Promise(() => {})),
  };
  const kept = keep(source, { name: 'billing', clock, renewBefore: { fraction: 0.25 }, deadline: 30 });
  await kept.token();
  clock.pass(50_000);
  expect((await kept.token()).value).toBe('token-1');
  expect(inputs).toBe(2);
});

it('keep(source).token() does not ask with an input that comes when the renewal is over', async () => {
  const clock = manualClock();
  const source = scriptedSource(clock);
  let give = (_input: GrantInput) => {};
  const prepare = () =>
    new Promise<GrantInput>((resolve) => {
      give = resolve;
    });
  const kept = keep(
    { token: source.token, prepare },
    { name: 'billing', clock, renewBefore: { fraction: 0.25 }, deadline: 10_000 },
  );
  const caller = kept.token();
  kept.close();
  await expect(caller).rejects.toThrow('was closed');
  give({ digest: 'd' });
  await turn();
  expect(source.queries).toEqual([]);
});

describe('callers that wait for the same renewal', () => {
  /** A keeper whose inputs are given one by one, in the order in which the callers came. */
  function waiting() {
    const clock = manualClock();
    const source = scriptedSource(clock);
    const inputs: { resolve: (input: GrantInput) => void; reject: (error: Error) => void }[] = [];
    const prepare = () => new Promise<GrantInput>((resolve, reject) => void inputs.push({ resolve, reject }));
    const kept = keep(
      { token: source.token, prepare },
      { name: 'billing', clock, renewBefore: { fraction: 0.25 }, deadline: 10_000 },
    );
    return { kept, source, inputs };
  }

  it('get the token for what the next one gives when the first one has left, and has nothing', async () => {
    const { kept, source, inputs } = waiting();
    const leave = new AbortController();
    const first = kept.token({ signal: leave.signal });
    const others = [kept.token(), kept.token(), kept.token()];
    await turn();
    leave.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
    inputs[0]?.reject(new Error('its request is gone'));
    await turn();
    inputs[1]?.reject(new MissingSubjectError());
    await turn();
    inputs[2]?.resolve({ digest: 'third' });
    expect(new Set((await Promise.all(others)).map(({ value }) => value)).size).toBe(1);
    expect(source.queries).toMatchObject([{ input: { digest: 'third' } }]);
    expect(inputs).toHaveLength(3);
  });

  it('all fail when none has anything, and the next caller is asked again', async () => {
    const { kept, source, inputs } = waiting();
    const callers = Promise.allSettled([kept.token(), kept.token()]);
    await turn();
    inputs[0]?.reject(new MissingSubjectError());
    await turn();
    inputs[1]?.reject(new MissingSubjectError());
    expect((await callers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = kept.token();
    await turn();
    inputs[2]?.resolve({ digest: 'next' });
    await next;
    expect(source.queries).toHaveLength(1);
  });
});
