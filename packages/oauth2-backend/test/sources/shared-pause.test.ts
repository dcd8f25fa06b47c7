import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NoTokenError, TokenRequestError, TokenTimeoutError } from '../../src/errors.js';
import { keep } from '../../src/sources/keep.js';
import type { KeepEvent } from '../../src/sources/kept-source.js';
import { sharedPause } from '../../src/sources/shared-pause.js';
import type { AccessToken } from '../../src/token.js';
import type { GrantQuery, RequestGate } from '../../src/token-request/grant-source.js';
import { manualClock } from './manual-clock.js';

const answered = (status: number, retryAfter?: number) =>
  new TokenRequestError(`answered ${status}`, { response: { status }, retryAfter });
const unreachable = (retryAfter?: number) =>
  new TokenRequestError('could not be reached', { cause: new Error('ECONNREFUSED'), retryAfter });

beforeEach(() => void jest.spyOn(Math, 'random').mockReturnValue(0));
afterEach(() => void jest.restoreAllMocks());

type Identity = ReturnType<ReturnType<typeof sharing>['identity']>;
type Four = [Identity, Identity, Identity, Identity];

/** Identities of one token backend; what the server says is decided by `answer`. */
function sharing(deadline = 10_000) {
  const clock = manualClock();
  const shared = sharedPause(clock);
  const asked: string[] = [];
  const world = {
    clock,
    shared,
    asked,
    answer: async (_user: string): Promise<void> => {},
    identity(user: string) {
      const events: KeepEvent[] = [];
      const source = {
        async token({ gate }: GrantQuery = {}): Promise<AccessToken> {
          for (let waiting = gate?.enter(); waiting; waiting = gate?.enter()) await waiting;
          asked.push(user);
          gate?.sent();
          await world.answer(user).catch((error: unknown) => {
            if (error instanceof TokenRequestError && error.response) gate?.answered();
            throw error;
          });
          gate?.answered();
          return { value: user, type: 'Bearer', issuedAt: clock.now(), expiresAt: clock.now() + 3_600_000 };
        },
      };
      const options = { name: 'billing', clock, renewBefore: { fraction: 0.25 }, deadline, shared };
      const kept = keep(source, { ...options, onEvent: (event) => events.push(event) });
      return {
        kept,
        events,
        failure: () =>
          kept.token().then(
            () => undefined,
            (error: unknown) => error as Error,
          ),
      };
    },
  };
  return world;
}

describe('identities that share a token backend', () => {
  it('all pause after a connection error, without what happened to the other', async () => {
    const world = sharing();
    const [amy, bob] = [world.identity('amy'), world.identity('bob')];
    world.answer = () => Promise.reject(unreachable());
    expect(await amy.failure()).toMatchObject({ message: 'could not be reached' });
    const requests = world.asked.length;
    const others = await bob.failure();
    expect(others).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_REQUEST', statusCode: 502 });
    expect(others?.message).toBe('token endpoint of "billing" is not asked now: it could not be reached by others');
    expect(others).not.toHaveProperty('cause');
    expect(amy.kept.state().state).toBe('failing');
    expect(await amy.failure()).toMatchObject({ message: 'could not be reached' });
    expect(world.asked).toHaveLength(requests);
  });

  it.each([
    ['429', 429, 300_000],
    ['503', 503, 20],
    ['502', 502, 2_000],
    ['504', 504, 20],
  ])(
    'all pause once three in a row were answered %s, without what the server said to them',
    async (_, status, after) => {
      const world = sharing();
      const [amy, bob, carl, dora] = ['amy', 'bob', 'carl', 'dora'].map(world.identity) as Four;
      world.answer = () => Promise.reject(answered(status, after));
      for (const one of [amy, bob]) expect(await one.failure()).toMatchObject({ response: { status } });
      expect(world.shared.active()).toBeUndefined();
      expect(await carl.failure()).toMatchObject({ response: { status } });
      expect(carl.events).toMatchObject([{ pause: { scope: 'token backend', retryAt: world.clock.now() + 500 } }]);
      const others = await dora.failure();
      expect(others?.message).toBe(`token endpoint of "billing" is not asked now: it answered ${status} to others`);
      expect(others).not.toHaveProperty('response');
      expect(others).not.toHaveProperty('cause');
      expect(world.asked).toEqual(['amy', 'bob', 'carl']);
      // What the server asked of one binds that one only.
      world.clock.pass(500);
      world.answer = async () => {};
      expect(await dora.failure()).toBeUndefined();
    },
  );

  it.each([429, 502, 503, 504])('do not mind that one is answered %d again and again', async (status) => {
    const world = sharing();
    const amy = world.identity('amy');
    world.answer = async (user) => {
      if (user === 'amy') throw answered(status, 20);
    };
    const others = Array.from({ length: 60 }, (_, index) => world.identity(`user-${index}`));
    for (const one of others) {
      expect(await amy.failure()).toMatchObject({ response: { status } });
      expect(await one.failure()).toBeUndefined();
      world.clock.pass(2_000);
    }
  });

  it('begin to count anew with each success: two, then one, are no three in a row', async () => {
    const world = sharing();
    const [amy, bob, carl, dora] = ['amy', 'bob', 'carl', 'dora'].map(world.identity) as Four;
    world.answer = () => Promise.reject(answered(429));
    await amy.failure();
    await bob.failure();
    world.answer = async () => {};
    expect(await dora.failure()).toBeUndefined();
    world.answer = () => Promise.reject(answered(429));
    await carl.failure();
    expect(world.shared.active()).toBeUndefined();
  });

  it('do not mind the silence towards one while others are answered', async () => {
    const world = sharing(100);
    const [amy, bob, carl] = [world.identity('amy'), world.identity('bob'), world.identity('carl')];
    world.answer = (user) => (user === 'amy' ? new Promise(() => {}) : Promise.resolve());
    const silence = amy.failure();
    expect(await bob.failure()).toBeUndefined();
    expect(await silence).toBeInstanceOf(TokenTimeoutError);
    expect(amy.events).toMatchObject([{ type: 'failed', pause: { scope: 'identity' } }]);
    expect(await carl.failure()).toBeUndefined();
  });

  it('do not mind that the connection breaks for one again and again while others are answered', async () => {
    const world = sharing();
    const amy = world.identity('amy');
    const others = Array.from({ length: 10 }, (_, index) => world.identity(`user-${index}`));
    world.answer = (user) => (user === 'amy' ? Promise.reject(unreachable()) : Promise.resolve());
    for (const one of others) {
      const failure = amy.failure();
      expect(await one.failure()).toBeUndefined();
      expect(await failure).toMatchObject({ message: 'could not be reached' });
      expect(world.shared.active()).toBeUndefined();
      world.clock.pass(2_000);
    }
  });

  it('all pause when the connection breaks for the next one, too', async () => {
    const world = sharing();
    const [amy, bob, carl] = ['amy', 'bob', 'carl'].map(world.identity) as Four;
    world.answer = (user) => (user === 'bob' ? Promise.resolve() : Promise.reject(unreachable()));
    const failure = amy.failure();
    await bob.failure();
    await failure;
    expect(world.shared.active()).toBeUndefined();
    await carl.failure();
    expect(world.shared.active()).toBeDefined();
  });

  it('all pause after a request that nobody answered in time, but not after an input that never came', async () => {
    const world = sharing(200);
    const [amy, bob] = [world.identity('amy'), world.identity('bob')];
    world.answer = () => new Promise(() => {});
    expect(await amy.failure()).toBeInstanceOf(TokenTimeoutError);
    expect(await bob.failure()).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_TIMEOUT', statusCode: 504 });
    expect(world.asked).toEqual(['amy']);

    const again = sharing(20);
    const [carl, dora] = [again.identity('carl'), again.identity('dora')];
    const input = new Promise<never>(() => {});
    const hanging = { token: async () => Promise.reject(new Error('never asked')), prepare: () => input };
    const options = { name: 'billing', clock: again.clock, renewBefore: { fraction: 0.25 }, deadline: 20 };
    await expect(keep(hanging, { ...options, shared: sharedPause(again.clock) }).token()).rejects.toThrow(
      'within 20 ms',
    );
    expect(await carl.failure()).toBeUndefined();
    expect(await dora.failure()).toBeUndefined();
  });

  it.each([
    ['400', () => answered(400)],
    ['401', () => answered(401)],
    ['408', () => answered(408)],
    ['500', () => answered(500)],
    ['no credential', () => new NoTokenError('no credential', { statusCode: 502 })],
  ])('do not mind the %s of another', async (_name, failure) => {
    const world = sharing();
    const [amy, bob] = [world.identity('amy'), world.identity('bob')];
    world.answer = async (user) => {
      if (user === 'amy') throw failure();
    };
    expect(await amy.failure()).toBeDefined();
    expect(await amy.failure()).toBeDefined();
    expect(await bob.failure()).toBeUndefined();
    expect(world.asked).toEqual(['amy', 'bob']);
  });

  it('keep their unexpired tokens meanwhile', async () => {
    const world = sharing();
    const [amy, bob] = [world.identity('amy'), world.identity('bob')];
    await bob.kept.token();
    world.clock.pass(3_580_000);
    world.answer = () => Promise.reject(unreachable(20));
    await amy.failure();
    expect((await bob.kept.token()).value).toBe('bob');
    expect(bob.kept.state()).toMatchObject({ state: 'fresh', last: { retryAt: world.clock.now() + 500 } });
    expect(world.asked).toEqual(['bob', 'amy']);
  });

  it('count failures that were under way together once', async () => {
    const world = sharing();
    const all = ['amy', 'bob', 'carl', 'dora'].map(world.identity);
    world.answer = async () => {
      await turn();
      throw answered(429);
    };
    await Promise.all(all.map(({ failure }) => failure()));
    expect(all.map(({ kept }) => kept.state().last?.retryAt)).toEqual(all.map(() => world.clock.now() + 500));
  });

  it('let one try after the pause; the others wait for how that ends', async () => {
    const world = sharing();
    const users = Array.from({ length: 100 }, (_, index) => world.identity(`user-${index}`));
    world.answer = () => Promise.reject(unreachable(20));
    await users[0]?.failure();
    world.clock.pass(1_000);
    let fail = (_error: Error) => {};
    world.answer = () => new Promise((_resolve, reject) => (fail = reject));
    const failures = users.map(({ failure }) => failure());
    await turn();
    expect(world.asked).toEqual(['user-0', 'user-0']);
    fail(unreachable(20));
    const errors = await Promise.all(failures);
    expect(errors.filter((error) => error?.message === 'could not be reached')).toHaveLength(1);
    expect(world.asked).toHaveLength(2);

    world.clock.pass(2_000);
    world.answer = async () => turn();
    expect(await Promise.all(users.map(({ failure }) => failure()))).toEqual(users.map(() => undefined));
    expect(world.asked).toHaveLength(102);
  });

  it('are let in although the one that tried never asked, or was closed', async () => {
    const world = sharing();
    const [amy, bob, carl] = [world.identity('amy'), world.identity('bob'), world.identity('carl')];
    world.answer = () => Promise.reject(unreachable(20));
    await amy.failure();
    world.clock.pass(1_000);
    world.answer = (user) => (user === 'bob' ? new Promise(() => {}) : Promise.resolve());
    const trying = bob.failure();
    const waiting = carl.failure();
    await turn();
    expect(world.asked).toEqual(['amy', 'bob']);
    bob.kept.close();
    expect(await trying).toMatchObject({ code: 'ERR_OAUTH2_CLOSED' });
    expect(await waiting).toBeUndefined();
    expect(world.asked).toEqual(['amy', 'bob', 'carl']);
  });

  it('wait no longer than their own time, which is no failure of theirs', async () => {
    const world = sharing(30);
    const [amy, bob] = [world.identity('amy'), world.identity('bob')];
    world.answer = () => Promise.reject(unreachable(20));
    await amy.failure();
    world.clock.pass(1_000);
    world.answer = () => new Promise(() => {});
    const [first, second] = await Promise.all([amy.failure(), bob.failure()]);
    expect(first).toBeInstanceOf(TokenTimeoutError);
    expect(second).toBeDefined();
    expect(world.asked).toEqual(['amy', 'amy']);
    expect(bob.events).toEqual([]);
  });

  it('have their whole time to ask after they have waited', async () => {
    const world = sharing(200);
    const users = ['amy', 'bob', 'carl', 'dora'].map(world.identity);
    world.answer = () => Promise.reject(unreachable(20));
    await users[0]?.failure();
    world.clock.pass(1_000);
    world.answer = () => delay(150);
    expect(await Promise.all(users.map(({ failure }) => failure()))).toEqual(users.map(() => undefined));
    expect(world.asked).toHaveLength(5);
  });

  it('do not mind a request that had just been sent when the time was over, nor one that was answered before', async () => {
    for (const hang of [
      async (gate: RequestGate | undefined) => {
        await delay(900);
        gate?.sent();
      },
      async (gate: RequestGate | undefined) => {
        gate?.sent();
        gate?.answered();
      },
    ]) {
      const world = sharing(1_000);
      const [bob, events] = [world.identity('bob'), [] as KeepEvent[]];
      const source = {
        async token({ gate }: GrantQuery = {}) {
          // Entering begins the time anew: what comes next is a function that takes most of it.
          await gate?.enter();
          await hang(gate);
          return new Promise<never>(() => {});
        },
      };
      const options = { name: 'billing', clock: world.clock, renewBefore: { fraction: 0.25 }, deadline: 1_000 };
      const eve = keep(source, { ...options, shared: world.shared, onEvent: (event) => events.push(event) });
      await expect(eve.token()).rejects.toBeInstanceOf(TokenTimeoutError);
      expect(events).toMatchObject([{ type: 'failed', pause: { scope: 'identity' } }]);
      expect(await bob.failure()).toBeUndefined();
    }
  });

  it('know when the pause of another kind is over: status tells the truth', async () => {
    const world = sharing();
    const [amy, bob] = [world.identity('amy'), world.identity('bob')];
    let answer = () => {};
    world.answer = (user) => (user === 'bob' ? new Promise((resolve) => (answer = resolve)) : Promise.reject(broken()));
    const broken = () => unreachable(20);
    const slow = bob.failure();
    await turn();
    await amy.failure();
    expect(amy.kept.state().last?.retryAt).toBe(world.clock.now() + 500);
    answer();
    await slow;
    expect(amy.kept.state()).toMatchObject({ state: 'failing', last: { retryAt: world.clock.now() } });
  });

  it('stop their quick attempts when several have stumbled', async () => {
    const world = sharing();
    const users = Array.from({ length: 50 }, (_, index) => world.identity(`user-${index}`));
    world.answer = () => Promise.reject(unreachable());
    await Promise.all(users.map(({ failure }) => failure()));
    expect(world.asked.length).toBeLessThanOrEqual(52);
  });

  it('ready() asks once although the pause is on', async () => {
    const world = sharing();
    const [amy, bob] = [world.identity('amy'), world.identity('bob')];
    world.answer = () => Promise.reject(unreachable(20));
    await amy.failure();
    world.answer = async () => {};
    expect((await bob.kept.ready(undefined)).value).toBe('bob');
    expect(await amy.failure()).toBeUndefined();
  });

  it('a success that began before a connection broke ends the pause all the same', async () => {
    const world = sharing();
    const [amy, bob, carl] = [world.identity('amy'), world.identity('bob'), world.identity('carl')];
    let answer = () => {};
    world.answer = () => new Promise((resolve) => (answer = resolve));
    const slow = amy.failure();
    await turn();
    world.clock.pass(5);
    world.answer = (user) => (user === 'bob' ? Promise.reject(unreachable(20)) : Promise.resolve());
    await bob.failure();
    answer();
    await slow;
    expect(await carl.failure()).toBeUndefined();
    expect(world.asked).toEqual(['amy', 'bob', 'carl']);
  });

  it('a success that began before the server asked to wait does not end the pause', async () => {
    const world = sharing();
    const [amy, bob, carl, dora] = ['amy', 'bob', 'carl', 'dora'].map(world.identity) as Four;
    const eve = world.identity('eve');
    let answer = () => {};
    world.answer = () => new Promise((resolve) => (answer = resolve));
    const slow = amy.failure();
    await turn();
    world.clock.pass(5);
    world.answer = () => Promise.reject(answered(429, 20));
    for (const one of [bob, carl, dora]) await one.failure();
    answer();
    expect(await slow).toBeUndefined();
    expect(await eve.failure()).toMatchObject({ message: expect.stringContaining('answered 429 to others') });
  });
});

describe('an outage of a token backend that twenty identities share', () => {
  it.each<[string, () => TokenRequestError]>([
    ['429', () => answered(429, 20)],
    ['503', () => answered(503, 20)],
    ['broken connections', () => unreachable(20)],
  ])('%s: costs one request each 2 s after the first seconds, and ends within 2.5 s', async (_, failure) => {
    jest.spyOn(Math, 'random').mockImplementation(randomly(7));
    const world = sharing();
    const users = Array.from({ length: 20 }, (_each, index) => world.identity(`user-${index}`));
    const requests: number[] = [];
    const start = world.clock.now();
    world.answer = async () => {
      requests.push(world.clock.now() - start);
      throw failure();
    };
    const everybody = () => Promise.all(users.map((user) => user.failure()));
    for (let time = 0; time < 60_000; time += 50) {
      await everybody();
      world.clock.pass(50);
    }
    const later = requests.filter((at) => at >= 1_000);
    const gaps = later.slice(1).map((at, index) => at - (later[index] ?? 0));
    expect(later.length).toBeGreaterThan(20);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2_000);

    world.answer = async () => {};
    let recovery = 0;
    while ((await everybody()).some((error) => error !== undefined)) {
      world.clock.pass(50);
      recovery += 50;
    }
    expect(recovery).toBeLessThanOrEqual(2_500);
  });
});

/** Numbers from 0 up to 1 that are the same in each run. */
function randomly(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('sharedPause(clock).enter()', () => {
  it('lets all go on together once the one that tried has succeeded', async () => {
    const clock = manualClock();
    const shared = sharedPause(clock);
    shared.failed(answered(503), clock.monotonic());
    clock.pass(2_000);
    const leave = shared.enter();
    if (typeof leave !== 'function') throw new Error('nobody may try');
    let inside = 0;
    for (let count = 0; count < 3; count++) {
      const waiting = shared.enter();
      expect(waiting).toBeInstanceOf(Promise);
      void Promise.resolve(waiting).then(() => (inside += typeof shared.enter() === 'function' ? 1 : 0));
    }
    await turn();
    expect(inside).toBe(0);
    shared.succeeded(clock.monotonic());
    leave();
    await turn();
    expect(inside).toBe(3);
  });
});

describe('sharedPause(clock).enter() while nobody answers the one that tries', () => {
  it('lets another try after 2 s', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    try {
      const clock = manualClock();
      const shared = sharedPause(clock);
      shared.failed(unreachable(), clock.monotonic());
      clock.pass(2_000);
      const leave = shared.enter();
      const waiting = shared.enter() as Promise<void>;
      let over = false;
      void waiting.then(() => (over = true));
      jest.advanceTimersByTime(1_999);
      await turn();
      expect(over).toBe(false);
      jest.advanceTimersByTime(1);
      await turn();
      expect(over).toBe(true);
      const second = shared.enter();
      expect(second).toBeInstanceOf(Function);
      // The first one's end does not let a third in beside the second.
      (leave as () => void)();
      expect(shared.enter()).toBeInstanceOf(Promise);
      (second as () => void)();
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('sharedPause(clock).down()', () => {
  it('is true from the third identity in a row that stumbles until a request succeeds', () => {
    const shared = sharedPause(manualClock());
    const [amy, bob, carl, dora] = [{}, {}, {}, {}];
    for (const [identity, down] of [
      [amy, false],
      [bob, false],
      [amy, false],
      [carl, true],
      [dora, true],
    ] as const) {
      shared.stumbled(identity);
      expect(shared.down()).toBe(down);
    }
    shared.succeeded(0);
    expect(shared.down()).toBe(false);
    shared.stumbled(amy);
    shared.stumbled(bob);
    expect(shared.down()).toBe(false);
  });
});
