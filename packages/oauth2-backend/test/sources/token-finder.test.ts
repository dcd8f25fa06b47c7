import { describe, expect, it } from '@jest/globals';
import { TokenRequestError } from '../../src/errors.js';
import { keep } from '../../src/sources/keep.js';
import type { AccessToken } from '../../src/token.js';
import { manualClock } from './manual-clock.js';
import { scriptedSource } from './scripted-source.js';

/** A keeper whose request has just been refused; its looks for what others have got end when the test says so. */
async function paused() {
  const clock = manualClock();
  const source = scriptedSource(clock);
  source.give = () => Promise.reject(new TokenRequestError('answered 400', { response: { status: 400 } }));
  const looks: { end(token?: AccessToken): void }[] = [];
  const found = () => new Promise<AccessToken | undefined>((resolve) => looks.push({ end: resolve }));
  const kept = keep(
    { token: source.token, found },
    { name: 'billing', clock, renewBefore: { fraction: 0.25 }, deadline: 10_000 },
  );
  await kept.token().catch(() => {});
  return { clock, source, looks, kept };
}

describe('keep(source).token() while a pause is on, where others may have got a token', () => {
  it('looks for it once for all who come, and gives it to them', async () => {
    const { source, looks, kept } = await paused();
    const callers = [kept.token(), kept.token()];
    expect(looks).toHaveLength(1);
    const token = source.make();
    looks[0]?.end(token);
    expect(await Promise.all(callers)).toEqual([token, token]);
    expect(await kept.token()).toBe(token);
    expect(kept.state()).toMatchObject({ state: 'fresh', last: undefined });
    expect(source.queries).toHaveLength(1);
  });

  it('fails as before when there is none, and looks again after half a second', async () => {
    const { clock, looks, kept } = await paused();
    const caller = kept.token();
    looks[0]?.end();
    await expect(caller).rejects.toThrow('answered 400');
    clock.pass(499);
    await expect(kept.token()).rejects.toThrow('answered 400');
    expect(looks).toHaveLength(1);
    clock.pass(1);
    const next = kept.token();
    expect(looks).toHaveLength(2);
    looks[1]?.end();
    await expect(next).rejects.toThrow('answered 400');
  });
});
