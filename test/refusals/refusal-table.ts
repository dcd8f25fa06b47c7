/** The table of what refusals may cost, row by row: which calls fail, and how many token requests are made. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServeClients } from './applications.js';
import { type Outcome, type PlayedWorld, playedWorld } from './played-world.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** For one framework. */
export function refusalTable(name: string, serve: ServeClients): void {
  describe(`${name}: an API that`, () => anApiThat(serve));
  describe(`${name}: two processes of one client`, () => twoProcesses(serve));
}

function anApiThat(serve: ServeClients): void {
  let world: PlayedWorld;
  beforeEach(async () => {
    world = await playedWorld({ serve });
  });
  afterEach(() => world.close());

  const failed = (outcomes: readonly Outcome[]) => outcomes.filter(({ status }) => status !== 200);
  const tokenRequests = () => world.as.requests.length;

  it('refuses each token for its first 2 s, from a cold start: no call later than 2.5 s after it fails', async () => {
    world.api.valid = (token) => world.age(token) >= 2 * SECOND;
    const outcomes = await world.play({ every: 250, lasts: 10 * MINUTE });
    expect(outcomes).toHaveLength(2_400);
    for (const { began, status } of failed(outcomes)) {
      expect(status).toBe(401);
      expect(began).toBeLessThan(2.5 * SECOND);
    }
    expect(tokenRequests()).toBe(1);
  }, 60_000);

  it.each([2, 60])(
    'refuses each token for its first %d s: no call fails for it at the ordinary renewal',
    async (lag) => {
      world.api.valid = (token) => token === 'token-1' || world.age(token) >= lag * SECOND;
      expect(failed(await world.play({ every: SECOND, lasts: 3 * SECOND }))).toEqual([]);
      world.skip(46 * MINUTE);
      expect(failed(await world.play({ every: 250, lasts: 2 * MINUTE }))).toEqual([]);
      expect(tokenRequests()).toBe(2);
      expect(new Set(world.api.tokens().slice(-40))).toEqual(new Set(['token-2']));
    },
    60_000,
  );

  it('answers each third request 401: few calls fail, and few tokens are asked for', async () => {
    let count = 0;
    world.api.valid = () => {
      count += 1;
      return count % 3 !== 0;
    };
    const outcomes = await world.play({ every: 100, lasts: MINUTE });
    expect(outcomes).toHaveLength(600);
    expect(failed(outcomes).length).toBeLessThanOrEqual(2);
    expect(tokenRequests()).toBeLessThanOrEqual(6);
  }, 60_000);

  it.each([15, 30, 60])(
    'always answers 401 to a call each %d s: for 4 h it costs 40 tokens at the most, and one warning',
    async (seconds) => {
      world.api.valid = () => false;
      const outcomes = await world.play({ every: seconds * SECOND, lasts: 4 * HOUR });
      expect(outcomes).toHaveLength((4 * HOUR) / (seconds * SECOND));
      expect(failed(outcomes)).toHaveLength(outcomes.length);
      expect(tokenRequests()).toBeLessThanOrEqual(40);
      expect(world.warnings).toEqual([expect.stringMatching(/audience .* or scope/)]);
    },
    60_000,
  );

  it('always answers 401, 200 times a second for 5 s: it costs 6 tokens at the most', async () => {
    world.api.valid = () => false;
    const outcomes = await world.play({ every: 5, lasts: 5 * SECOND });
    expect(outcomes).toHaveLength(1_000);
    expect(failed(outcomes)).toHaveLength(1_000);
    expect(tokenRequests()).toBeLessThanOrEqual(6);
  }, 120_000);

  it.each([
    ['a Bearer challenge', 'Bearer error="invalid_token"'],
    ['a Basic challenge', 'Basic realm="x"'],
    ['an OAuth challenge', 'OAuth realm="x"'],
    ['a Token challenge', 'Token realm="x"'],
    ['a Negotiate challenge', 'Negotiate'],
    ['no challenge', undefined],
  ])('revokes the token once, with %s: no call fails, and one token is asked for', async (_, challenge) => {
    world.api.challenge = challenge;
    expect(failed(await world.play({ every: SECOND, lasts: 10 * SECOND }))).toEqual([]);
    world.api.revoke('token-1');
    expect(failed(await world.play({ every: SECOND, lasts: 10 * SECOND }))).toEqual([]);
    expect(tokenRequests()).toBe(2);
    expect(world.warnings).toEqual([]);
  });
}

function twoProcesses(serve: ServeClients): void {
  it('whose tokens end each other: few tokens are asked for, and a warning names the store', async () => {
    const worlds = await Promise.all([playedWorld({ serve }), playedWorld({ serve })]);
    const [first, second] = worlds;
    let valid: [as: unknown, token: string] | undefined;
    for (const { as, api } of worlds) {
      Object.defineProperty(as, 'delay', {
        // Read when the answer is made: from now on this one's token is the good one.
        get() {
          valid = [as, `token-${as.issued.length}`];
          return 0;
        },
      });
      api.valid = (token) => valid?.[0] === as && valid[1] === token;
    }
    try {
      for (let round = 0; round < 300; round++) {
        await first.play({ every: 200, lasts: 200 });
        await second.play({ every: 200, lasts: 200 });
      }
      for (const { as } of worlds) expect(as.requests.length).toBeLessThanOrEqual(12);
      const warnings = worlds.map((world) => world.warnings);
      expect(Math.max(...warnings.map(({ length }) => length))).toBe(1);
      for (const warning of warnings.flat()) expect(warning).toContain('store');
    } finally {
      await Promise.all(worlds.map((world) => world.close()));
    }
  }, 60_000);
}
