import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
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
