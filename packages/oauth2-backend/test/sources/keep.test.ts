import { getEventListeners, setMaxListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { TokenTimeoutError } from '../../src/errors.js';
import type { AccessToken } from '../../src/token.js';
import { keeping } from './keeping.js';
import type { ManualClock } from './manual-clock.js';

const HOUR = 3_600_000;

afterEach(() => void jest.restoreAllMocks());

describe('keep(source).token()', () => {
  it('asks once when 1,000 callers wait, and all get the token', async () => {
    const { source, kept } = keeping();
    const held = source.hold();
    const callers = Array.from({ length: 1_000 }, () => kept.token());
    expect(kept.state().state).toBe('renewing');
    held.answer();
    const values = (await Promise.all(callers)).map(({ value }) => value);
    expect(values).toEqual(Array.from({ length: 1_000 }, () => 'token-1'));
    expect(source.queries).toHaveLength(1);
  });

  it('asks nobody while the token is fresh', async () => {
    const { clock, source, kept } = keeping();
    const first = await kept.token();
    clock.pass(HOUR * 0.64);
    expect(await kept.token()).toBe(first);
    expect(kept.current()).toBe(first);
    expect(source.queries).toHaveLength(1);
  });

  it('gives the current token at once past the soft threshold and starts one renewal', async () => {
    const { clock, source, kept } = keeping();
    await kept.token();
    clock.pass(HOUR * 0.76);
    const held = source.hold();
    const callers = await Promise.all(Array.from({ length: 100 }, () => kept.token()));
    expect(new Set(callers.map(({ value }) => value))).toEqual(new Set(['token-1']));
    expect(source.queries).toHaveLength(2);
    expect(kept.current()).toBeUndefined();
    held.answer();
    await turn();
    expect(kept.current()?.value).toBe('token-2');
    expect(source.queries).toHaveLength(2);
  });

  it('waits for the renewal past the hard threshold', async () => {
    const { clock, source, kept } = keeping();
    await kept.token();
    clock.pass(HOUR - 29_000);
    const held = source.hold();
    let given: AccessToken | undefined;
    const caller = kept.token().then((token) => {
      given = token;
    });
    await turn();
    expect(given).toBeUndefined();
    held.answer();
    await caller;
    expect(given?.value).toBe('token-2');
  });

  it('draws the jitter once for each token, within 40 % of the margin', async () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.999_999);
    const { clock, source, kept } = keeping();
    await kept.token();
    expect(random).toHaveBeenCalledTimes(1);
    clock.pass(HOUR * 0.65 - 1_000);
    for (let index = 0; index < 50; index++) expect(kept.current()?.value).toBe('token-1');
    clock.pass(2_000);
    expect(kept.current()).toBeUndefined();
    expect(source.queries).toHaveLength(1);
    expect(random).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['both clocks', (clock: ManualClock) => clock.pass(HOUR)],
    ['the wall clock alone', (clock: ManualClock) => clock.jump(HOUR)],
    ['the monotonic clock alone', (clock: ManualClock) => clock.tick(HOUR)],
  ])('holds a token for over when %s says so', async (_, move) => {
    const { clock, source, kept } = keeping();
    await kept.token();
    move(clock);
    expect(kept.state().state).toBe('expired');
    source.give = () => Promise.reject(new Error('down'));
    await expect(kept.token()).rejects.toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN' });
  });

  it('does not live longer because the wall clock was set back hours', async () => {
    const { clock, source, kept } = keeping();
    await kept.token();
    clock.jump(-5 * HOUR);
    clock.pass(HOUR / 2);
    expect((await kept.token()).value).toBe('token-1');
    clock.pass(HOUR / 2);
    expect((await kept.token()).value).toBe('token-2');
    clock.jump(5 * HOUR);
    expect((await kept.token()).value).toBe('token-3');
    clock.pass(HOUR / 2);
    expect((await kept.token()).value).toBe('token-3');
    expect(source.queries).toHaveLength(3);
  });

  it('counts life from before the question, not from the answer (RFC 6749 §5.1)', async () => {
    const { clock, source, kept } = keeping();
    source.give = () => {
      const token = source.make();
      clock.pass(0.9 * HOUR);
      return token;
    };
    await kept.token();
    expect(kept.current()).toBeUndefined();
    clock.pass(0.1 * HOUR);
    expect(kept.state().state).toBe('expired');
  });

  it('reuses tokens of 2 s', async () => {
    const { clock, source, kept } = keeping({ life: 2_000 });
    await kept.token();
    clock.pass(1_200);
    expect(kept.current()?.value).toBe('token-1');
    clock.pass(700);
    expect((await kept.token()).value).toBe('token-2');
    expect(source.queries).toHaveLength(2);
  });

  it.each([0, -60_000])('gives a token of life %d to those who wait and keeps it not', async (life) => {
    const { source, kept } = keeping({ life });
    const values = await Promise.all([kept.token(), kept.token()]);
    expect(values.map(({ value }) => value)).toEqual(['token-1', 'token-1']);
    expect(kept.current()).toBeUndefined();
    expect(kept.state()).toEqual({ state: 'none', last: undefined });
    expect((await kept.token()).value).toBe('token-2');
    expect(source.queries).toHaveLength(2);
  });

  it('gives a token that was over on arrival and keeps it not', async () => {
    const { clock, source, kept } = keeping({ life: 1_000 });
    source.give = () => {
      const token = source.make();
      clock.pass(1_000);
      return token;
    };
    expect((await kept.token()).value).toBe('token-1');
    expect((await kept.token()).value).toBe('token-2');
  });

  it('keeps a token without a readable end for those who wait only', async () => {
    const { source, kept } = keeping();
    source.give = () => ({ value: 'endless', type: 'Bearer' }) as unknown as AccessToken;
    expect((await kept.token()).value).toBe('endless');
    expect(kept.current()).toBeUndefined();
    await kept.token();
    expect(source.queries).toHaveLength(2);
  });

  it.each([2 ** 31, 2 ** 53])('keeps a token of %d s for 24 h', async (seconds) => {
    const { clock, source, kept } = keeping({ life: seconds * 1000 });
    await kept.token();
    clock.pass(15 * HOUR);
    expect(kept.current()?.value).toBe('token-1');
    clock.pass(9 * HOUR);
    expect((await kept.token()).value).toBe('token-2');
    expect(source.queries).toHaveLength(2);
  });
});

describe('keep(source).token({ signal })', () => {
  it('releases a caller that aborts at once, with its own reason; the others get the token', async () => {
    const { source, kept } = keeping();
    const held = source.hold();
    const controller = new AbortController();
    const gone = kept.token({ signal: controller.signal });
    const others = [kept.token(), kept.token({ signal: new AbortController().signal })];
    const reason = new Error('gone');
    controller.abort(reason);
    await expect(gone).rejects.toBe(reason);
    expect(source.queries[0]?.signal?.aborted).toBe(false);
    held.answer();
    expect((await Promise.all(others)).map(({ value }) => value)).toEqual(['token-1', 'token-1']);
    expect(source.queries).toHaveLength(1);
  });

  it('lets the renewal end when every caller has left', async () => {
    const { source, kept } = keeping();
    const held = source.hold();
    const controller = new AbortController();
    const gone = kept.token({ signal: controller.signal });
    controller.abort();
    await expect(gone).rejects.toBe(controller.signal.reason);
    held.answer();
    await turn();
    expect(kept.current()?.value).toBe('token-1');
  });

  it('refuses a signal that has fired, before anything else', async () => {
    const { source, kept } = keeping();
    const signal = AbortSignal.abort('over');
    await expect(kept.token({ signal })).rejects.toBe('over');
    expect(source.queries).toEqual([]);
  });

  it('leaves nothing listening after 10,000 calls on one signal', async () => {
    const { source, kept } = keeping();
    const { signal } = new AbortController();
    setMaxListeners(Number.POSITIVE_INFINITY, signal);
    for (let round = 0; round < 10; round++) {
      const held = source.hold();
      const callers = Array.from({ length: 1_000 }, () => kept.token({ signal }));
      held.answer(source.make(0));
      await Promise.all(callers);
    }
    await turn();
    expect(source.queries).toHaveLength(10);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('keep(source, { deadline })', () => {
  it('fails with TokenTimeoutError when the time is over and drops what comes later', async () => {
    const { source, kept, events } = keeping({ deadline: 20 });
    const held = source.hold();
    const error = await kept.token().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TokenTimeoutError);
    expect(error).toMatchObject({ statusCode: 504, message: 'no token for "billing" within 20 ms' });
    expect(source.queries[0]?.signal?.aborted).toBe(true);
    held.answer();
    await turn();
    expect(kept.current()).toBeUndefined();
    expect(events.map(({ type }) => type)).toEqual(['failed']);
  });

  it('does not let a late answer replace a newer token', async () => {
    const { clock, source, kept } = keeping({ deadline: 20 });
    const held = source.hold();
    const old = source.make();
    await kept.token().catch(() => {});
    clock.pass(1_200);
    source.give = () => source.make();
    const newer = await kept.token();
    held.answer(old);
    await turn();
    expect(kept.current()).toBe(newer);
  });
});

describe('keep(source).state()', () => {
  it('says none, renewing, fresh, expired, failing', async () => {
    const { clock, source, kept } = keeping();
    expect(kept.state()).toEqual({ state: 'none', last: undefined });
    const held = source.hold();
    const caller = kept.token();
    expect(kept.state().state).toBe('renewing');
    held.answer();
    const { expiresAt } = await caller;
    await turn();
    expect(kept.state()).toEqual({ state: 'fresh', expiresAt, last: undefined });
    clock.pass(HOUR);
    expect(kept.state()).toEqual({ state: 'expired', expiresAt, last: undefined });
    const down = new Error('down');
    source.give = () => Promise.reject(down);
    await kept.token().catch(() => {});
    expect(kept.state()).toMatchObject({ state: 'failing', last: { error: down, at: clock.now() } });
  });
});

describe('keep(source).close()', () => {
  it('ends the renewal under way and starts no other; that is no failure', async () => {
    const { source, kept, events } = keeping();
    source.hold();
    const caller = kept.token();
    kept.close();
    await expect(caller).rejects.toMatchObject({ code: 'ERR_OAUTH2_CLOSED' });
    await expect(kept.token()).rejects.toMatchObject({ code: 'ERR_OAUTH2_CLOSED' });
    expect(source.queries).toHaveLength(1);
    expect(events).toEqual([]);
  });

  it('leaves a token that is due as it is', async () => {
    const { clock, source, kept } = keeping();
    await kept.token();
    kept.close();
    clock.pass(HOUR * 0.76);
    expect((await kept.token()).value).toBe('token-1');
    expect(source.queries).toHaveLength(1);
  });
});
