import { describe, expect, it } from '@jest/globals';
import { type RequestContext, reuse } from 'oauth2-backend';
import { manualClock } from './manual-clock.js';
import { scriptedSource } from './scripted-source.js';

const HOUR = 3_600_000;

describe('reuse(source, options)', () => {
  it('keeps a source without any option', async () => {
    const source = scriptedSource({ now: Date.now, monotonic: () => performance.now() });
    const kept = reuse(source);
    expect(kept.current?.()).toBeUndefined();
    const first = await kept.token();
    expect(await kept.token()).toBe(first);
    expect(kept.current?.()).toBe(first);
    expect(source.queries).toHaveLength(1);
  });

  it('hands the source no context: its token is for all', async () => {
    const clock = manualClock();
    const source = scriptedSource(clock);
    const kept = reuse(source, { clock });
    const context = { inbound: 'of one caller' } as unknown as RequestContext;
    const { value } = await kept.token({ context });
    clock.pass(5_000);
    await kept.token({ context, refused: value });
    expect(source.queries.map(({ refused }) => refused)).toEqual([undefined, 'token-1']);
    for (const query of source.queries) expect(query.context).toBeUndefined();
  });

  it('takes name, clock, share and deadline', async () => {
    const clock = manualClock();
    const source = scriptedSource(clock);
    const kept = reuse(source, { name: 'ours', clock, renewBefore: 0.9, deadline: 15 });
    await kept.token();
    clock.pass(HOUR * 0.11);
    expect(kept.current?.()).toBeUndefined();
    clock.pass(HOUR);
    source.hold();
    await expect(kept.token()).rejects.toThrow('no token for "ours" within 15 ms');
  });

  it.each([
    { renewBefore: 0 },
    { renewBefore: 0.91 },
    { renewBefore: Number.NaN },
    { deadline: 0 },
    { deadline: 2 ** 31 },
  ])('refuses %p', (options) => {
    expect(() => reuse(scriptedSource(manualClock()), options)).toThrow(RangeError);
  });

  it('refuses what is no token source, and no option, when it is called', () => {
    for (const source of [undefined, null, {}, { token: 'x' }, async () => 'x']) {
      expect(() => reuse(source as never)).toThrow('reuse needs a token source: an object with token()');
    }
    const options = { renew_before: 0.5 } as object;
    expect(() => reuse(scriptedSource(manualClock()), options)).toThrow('"renew_before" is no option of reuse');
  });
});
