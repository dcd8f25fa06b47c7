import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NoTokenError, TokenRequestError, TokenTimeoutError } from '../../src/errors.js';
import { accepted } from './accepted.js';
import { keeping } from './keeping.js';
import { complaintsOf } from './real-process.js';

const HOUR = 3_600_000;

const answered = (status: number, retryAfter?: number) =>
  new TokenRequestError(`answered ${status}`, { response: { status }, retryAfter });
const unreachable = () => new TokenRequestError('could not be reached', { cause: new Error('ECONNREFUSED') });

beforeEach(() => void jest.spyOn(Math, 'random').mockReturnValue(0));
afterEach(() => void jest.restoreAllMocks());

describe('keep(source).token() after a failure', () => {
  it('gives each caller an error of its own with the common cause', async () => {
    const { source, kept } = keeping();
    const held = source.hold();
    const callers = Array.from({ length: 3 }, () => kept.token().catch((error: unknown) => error));
    const cause = new Error('broken');
    held.fail(new TokenRequestError('answered 400', { cause, response: { status: 400, error: 'invalid_scope' } }));
    const errors = await Promise.all(callers);
    expect(new Set(errors).size).toBe(3);
    for (const error of errors) {
      expect(error).toBeInstanceOf(TokenRequestError);
      expect(error).toMatchObject({
        message: 'answered 400',
        cause,
        response: { status: 400, error: 'invalid_scope' },
      });
      Object.assign(error as object, { marked: true });
    }
    const later = await kept.token().catch((error: unknown) => error);
    expect(later).toMatchObject({ cause });
    expect(later).not.toHaveProperty('marked');
    expect(source.queries).toHaveLength(1);
  });

  describe('while the renewal takes long, near the end of the token,', () => {
    /** 100 ms are left, and the caller waits for half of that. */
    const nearEnd = async () => {
      const world = keeping({ life: 2_000 });
      await world.kept.token();
      world.clock.pass(1_900);
      const held = world.source.hold();
      let settled = false;
      const caller = world.kept.token().finally(() => {
        settled = true;
      });
      return { ...world, held, caller, settled: () => settled };
    };

    it('waits on when it is over sooner than that', async () => {
      const { caller, clock, held, settled } = await nearEnd();
      clock.pass(100);
      await delay(80);
      expect(settled()).toBe(false);
      held.answer();
      expect(await caller).toMatchObject({ value: 'token-2' });
    });

    it('waits no longer when the wall clock is put back', async () => {
      const world = keeping({ life: 2_000 });
      await world.kept.token();
      world.clock.pass(1_900);
      world.clock.jump(-10_000);
      world.source.hold();
      const waited = await Promise.race([world.kept.token(), delay(1_000, 'waits on')]);
      expect(waited).toMatchObject({ value: 'token-1' });
    });

    it('rejects with what the renewal failed with, when it is over', async () => {
      const { caller, clock, held } = await nearEnd();
      clock.pass(100);
      await delay(80);
      held.fail(answered(500));
      await expect(caller).rejects.toThrow('answered 500');
    });
  });

  it('wraps what is not ours, with the original as cause', async () => {
    const { source, kept } = keeping();
    const cause = new TypeError('a bug');
    source.give = () => Promise.reject(cause);
    const error = await kept.token().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NoTokenError);
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 502, cause });
    expect((error as Error).message).toBe('token source of "billing" failed');
  });

  it('fails in the same turn, without a request, until the pause is over', async () => {
    const { clock, source, kept } = keeping();
    source.give = () => Promise.reject(answered(500));
    await kept.token().catch(() => {});
    clock.pass(499);
    let failed = false;
    const caller = kept.token().catch(() => {
      failed = true;
    });
    for (let round = 0; round < 10; round++) await Promise.resolve();
    expect(failed).toBe(true);
    await caller;
    expect(source.queries).toHaveLength(1);
    clock.pass(1);
    await kept.token().catch(() => {});
    expect(source.queries).toHaveLength(2);
  });

  it.each<[string, () => unknown, number[]]>([
    ['500', () => answered(500), [0.5, 1, 2, 2]],
    ['a time-out', () => new TokenTimeoutError('late'), [0.5, 1, 2, 2]],
    ['408', () => answered(408), [0.5, 1, 2, 2]],
    ['429', () => answered(429), [0.5, 1, 2, 2]],
    ['200 that is no token', () => answered(200), [0.5, 1, 2, 2]],
    ['a redirect', () => answered(307), [0.5, 1, 2, 2]],
    ['a foreign error', () => new Error('bug'), [0.5, 1, 2, 2]],
    ['400', () => answered(400), [5, 10, 20, 30, 30]],
    ['401', () => answered(401), [5, 10, 20, 30, 30]],
    ['404', () => answered(404), [5, 10, 20, 30, 30]],
    ['429 that asks for 60 s', () => answered(429, 60_000), [60, 60]],
    ['429 that asks for an hour', () => answered(429, HOUR), [300, 300]],
    ['503 that asks for an hour', () => answered(503, HOUR), [60, 60]],
    ['503 that asks for less than the pause', () => answered(503, 400), [0.5, 1, 2]],
  ])('pauses after %s (RFC 6749 §5.2, RFC 9110 §10.2.3)', async (_, make, pauses) => {
    const { clock, source, kept } = keeping();
    source.give = () => Promise.reject(make());
    await kept.token().catch(() => {});
    for (const [index, seconds] of pauses.entries()) {
      expect(kept.state().last?.retryAt).toBe(clock.now() + seconds * 1000);
      clock.pass(seconds * 1000 - 1);
      await kept.token().catch(() => {});
      expect(source.queries).toHaveLength(index + 1);
      clock.pass(1);
      await kept.token().catch(() => {});
      expect(source.queries).toHaveLength(index + 2);
    }
  });

  it('lengthens a pause by 15 % at the most, and by nothing at the least', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.999_999_999);
    const { clock, source, kept } = keeping();
    source.give = () => Promise.reject(answered(400));
    await kept.token().catch(() => {});
    const { at, retryAt } = kept.state().last ?? { at: 0, retryAt: 0 };
    expect(at).toBe(clock.now());
    expect(retryAt - at).toBeGreaterThan(5_749);
    expect(retryAt - at).toBeLessThanOrEqual(5_750);
  });

  it('measures the pause by the clock that nobody sets', async () => {
    const { clock, source, kept } = keeping();
    source.give = () => Promise.reject(answered(400));
    await kept.token().catch(() => {});
    clock.jump(HOUR);
    await kept.token().catch(() => {});
    expect(source.queries).toHaveLength(1);
    clock.jump(-5 * HOUR);
    clock.tick(5_000);
    await kept.token().catch(() => {});
    expect(source.queries).toHaveLength(2);
  });

  it('starts with the shortest pause again after a success', async () => {
    const { clock, source, kept } = keeping({ life: 0 });
    source.give = () => Promise.reject(answered(500));
    await kept.token().catch(() => {});
    clock.pass(1_000);
    await kept.token().catch(() => {});
    clock.pass(2_000);
    source.give = () => source.make();
    await kept.token();
    expect(kept.state().last).toBeUndefined();
    source.give = () => Promise.reject(answered(500));
    await kept.token().catch(() => {});
    expect(kept.state().last?.retryAt).toBe(clock.now() + 500);
  });

  it('gives the unexpired token when a renewal fails, in the background and past the hard threshold', async () => {
    const { clock, source, kept } = keeping();
    const first = await kept.token();
    source.give = () => Promise.reject(answered(400));
    clock.pass(HOUR * 0.76);
    expect(await kept.token()).toBe(first);
    await turn();
    expect(kept.state().state).toBe('failing');
    expect(await kept.token()).toBe(first);
    expect(source.queries).toHaveLength(2);
    clock.pass(HOUR * 0.24 - 10_000);
    expect(await kept.token()).toBe(first);
    expect(source.queries).toHaveLength(3);
    expect(await kept.token()).toBe(first);
    expect(source.queries).toHaveLength(3);
    clock.pass(10_000);
    await expect(kept.token()).rejects.toThrow('answered 400');
  });
});

describe('keep(source).token() inside one renewal', () => {
  it.each<[string, () => Error]>([
    ['a connection error', unreachable],
    ['502', () => answered(502)],
    ['503', () => answered(503)],
    ['504', () => answered(504)],
  ])('tries up to twice more after %s', async (_, make) => {
    const { source, kept } = keeping();
    source.give = () => {
      if (source.queries.length < 3) throw make();
      return source.make();
    };
    expect((await kept.token()).value).toBe('token-1');
    expect(source.queries).toHaveLength(3);
    expect(kept.state().state).toBe('fresh');
  });

  it('gives up after three attempts; the renewal after the pause is one attempt', async () => {
    const { clock, source, kept, events } = keeping();
    source.give = () => Promise.reject(unreachable());
    await kept.token().catch(() => {});
    expect(source.queries).toHaveLength(3);
    expect(events.map(({ type }) => type)).toEqual(['failed']);
    clock.pass(1_000);
    await kept.token().catch(() => {});
    expect(source.queries).toHaveLength(4);
  });

  it.each<[string, () => Error]>([
    ['500', () => answered(500)],
    ['400', () => answered(400)],
    ['429', () => answered(429)],
    ['200', () => answered(200)],
    ['503 with Retry-After', () => answered(503, 1_000)],
    ['a time-out', () => new TokenTimeoutError('late')],
    ['a foreign error', () => new Error('bug')],
  ])('tries once only after %s (RFC 6749 §5.2)', async (_, make) => {
    const { source, kept } = keeping();
    source.give = () => Promise.reject(make());
    await kept.token().catch(() => {});
    expect(source.queries).toHaveLength(1);
  });

  it('ends the attempts at the deadline', async () => {
    const { source, kept } = keeping({ deadline: 25 });
    source.give = () => Promise.reject(unreachable());
    await expect(kept.token()).rejects.toBeInstanceOf(TokenTimeoutError);
    expect(source.queries).toHaveLength(1);
  });

  it('counts life from the attempt that brought the token', async () => {
    const { clock, source, kept } = keeping({ life: 10_000 });
    source.give = () => {
      if (source.queries.length < 2) {
        clock.pass(8_000);
        throw unreachable();
      }
      return source.make();
    };
    await kept.token();
    clock.pass(5_000);
    expect(kept.current()?.value).toBe('token-1');
  });
});

describe('keep(source).ready(signal)', () => {
  it('asks once although a pause is on, as one attempt, and shares a renewal under way', async () => {
    const { source, kept, clock } = keeping();
    source.give = () => Promise.reject(unreachable());
    await kept.token().catch(() => {});
    await expect(kept.ready(undefined)).rejects.toThrow('could not be reached');
    expect(source.queries).toHaveLength(4);
    await expect(kept.ready(undefined)).rejects.toThrow('could not be reached');
    expect(source.queries).toHaveLength(4);
    clock.pass(10_000);
    const held = source.hold();
    const both = Promise.all([kept.ready(undefined), kept.ready(undefined)]);
    held.answer();
    expect((await both).map(({ value }) => value)).toEqual(['token-1', 'token-1']);
    expect(source.queries).toHaveLength(5);
    expect((await kept.ready(undefined)).value).toBe('token-1');
    expect(source.queries).toHaveLength(5);
  });

  it('asks once in each pause, whatever it did in the one before', async () => {
    const { clock, source, kept } = keeping({ life: HOUR });
    for (let outage = 0; outage < 2; outage++) {
      source.give = () => Promise.reject(answered(429));
      await expect(kept.token()).rejects.toThrow('429');
      await expect(kept.ready(undefined)).rejects.toThrow('429');
      await expect(kept.ready(undefined)).rejects.toThrow('429');
      expect(source.queries).toHaveLength(2 + 3 * outage);
      source.give = () => source.make();
      clock.pass(60_000);
      await kept.token();
      await kept.ready(undefined);
      clock.pass(HOUR);
    }
  });

  it('releases its caller with the reason of its signal', async () => {
    const { source, kept } = keeping();
    source.hold();
    const controller = new AbortController();
    const waiting = kept.ready(controller.signal);
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
  });
});

describe('keep(source).token() while the endpoint says nothing', () => {
  it('gives the unexpired token while it is still of use', async () => {
    const { clock, source, kept } = keeping({ life: 4_000 });
    await accepted(kept.token());
    clock.pass(3_800);
    source.hold();
    expect((await kept.token()).value).toBe('token-1');
    expect(source.queries).toHaveLength(2);
    await expect(kept.token({ refused: 'token-1', signal: AbortSignal.timeout(300) })).rejects.toThrow('timeout');
  });
});

describe('keep(source) whose renewals fail', () => {
  it('leaves no rejection unhandled', async () => {
    const complaints = await complaintsOf(async () => {
      const { clock, source, kept } = keeping({ deadline: 15 });
      await kept.token();
      clock.pass(HOUR * 0.76);
      source.give = () => Promise.reject(answered(400));
      await kept.token();
      await turn();
      clock.pass(HOUR);
      const controller = new AbortController();
      const held = source.hold();
      const gone = kept.token({ signal: controller.signal }).catch(() => {});
      controller.abort();
      await gone;
      held.fail(answered(400));
      await turn();
      clock.pass(60_000);
      const late = source.hold();
      await kept.token().catch(() => {});
      late.fail(new Error('after the deadline'));
      kept.close();
      await kept.token().catch(() => {});
    });
    expect(complaints).toEqual([]);
  });
});
