import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import type { RedisClient } from 'oauth2-backend-redis';
import { redisInstalled } from 'test-servers/redis-server';
import { type FleetWorld, fleetWorld, type Member, until } from './fleet-world.js';
import { type SlowProxy, slowProxy } from './slow-proxy.js';

const suite = redisInstalled() ? describe : describe.skip;
const DEADLINE = 250;
/** For the token request, the scheduling of a busy machine, and timers that are late; less than the slow store's 2 s. */
const SLACK = 1_500;
const LIFE = 3_600_000;

let world: FleetWorld;
let proxy: SlowProxy;
beforeEach(async () => {
  world = await fleetWorld();
  proxy = await slowProxy(world.redis.port);
});
afterEach(async () => {
  proxy.close();
  await world.close();
});

/** Milliseconds until the token is there. */
async function took(member: Member): Promise<number> {
  const began = performance.now();
  await member.backend.token();
  return performance.now() - began;
}

/** The next token is waited for, and the breaker's longest period is over. */
function expire(...members: readonly Member[]): void {
  for (const { pass } of members) pass(1.1 * LIFE);
}

const faults: readonly [name: string, begin: () => unknown, end: () => unknown][] = [
  ['killed', () => world.redis.kill(), () => world.redis.start()],
  ['paused', () => world.redis.pause(), () => world.redis.resume()],
  [
    'full',
    () => world.own.configSet({ maxmemory: '1', 'maxmemory-policy': 'noeviction' }),
    () => world.own.configSet('maxmemory', '0'),
  ],
  [
    'slow by 2 s',
    () => {
      proxy.delay = 2_000;
    },
    () => {
      proxy.delay = 0;
    },
  ],
  [
    'answering garbage',
    () => {
      proxy.garbage = '!"\r\n$-7\r\n\0';
    },
    () => {
      proxy.garbage = undefined;
    },
  ],
];

suite('a token is had although the store is', () => {
  it.each(faults)(
    '%s: late by its deadline at the most, and the store is used again afterwards',
    async (name, begin, end) => {
      const port = name === 'killed' ? world.redis.port : proxy.port;
      const [one, other] = [await world.member({ port }), await world.member({ port })];
      await Promise.all([one.backend.token(), other.backend.token()]);
      expect(world.as.requests).toHaveLength(1);

      await begin();
      expire(one, other);
      for (const late of await Promise.all([took(one), took(other)])) expect(late).toBeLessThan(DEADLINE + SLACK);
      expect(world.as.requests).toHaveLength(3);
      expect(one.said.filter((line) => line.startsWith('warn the token store failed'))).toHaveLength(1);

      await end();
      // The clients may need a while to come back; each trial is one renewal.
      await until(async () => {
        const before = world.as.requests.length;
        expire(one, other);
        await one.backend.token();
        await other.backend.token();
        return world.as.requests.length === before + 1;
      });
      expect(one.said).toContain('info the token store works again');
    },
  );

  it('killed and started again, empty', async () => {
    const [one, other] = [await world.member(), await world.member()];
    await Promise.all([one.backend.token(), other.backend.token()]);
    // The lease is given back by the way.
    await until(async () => (await world.own.keys('*:lease')).length === 0);
    await world.redis.kill();
    await until(() => !one.connected() && !other.connected());
    await world.redis.start();
    await until(() => one.connected() && other.connected());
    expire(one, other);
    expect(await one.backend.token()).toMatchObject({ value: 'token-2' });
    expect(one.said.filter((line) => line.startsWith('warn'))).toEqual([]);
    expect(await other.backend.token()).toMatchObject({ value: 'token-2' });
    expect(world.as.requests).toHaveLength(2);
  });

  it('never reached, by a client that was not even connected', async () => {
    const member = await world.member({ client: createClient({ socket: { host: '127.0.0.1', port: 1 } }) });
    expect(await took(member)).toBeLessThan(DEADLINE + SLACK);
  });

  it('paused, for many identities at once: each is late by the deadline, once in a period of the breaker', async () => {
    const oauth2 = {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' as const,
      assertion: (context?: { inbound: unknown }) => `assertion-of-${String(context?.inbound)}`,
      client_id: undefined,
      client_secret: undefined,
    };
    const redis = new Redis({ host: '127.0.0.1', port: world.redis.port });
    let sent = 0;
    const client: RedisClient = {
      call(command, ...args) {
        sent += 1;
        return redis.call(command, ...args);
      },
    };
    const { backends, said } = await world.member({ oauth2, client, newIdentitiesPerSecond: 10_000 });
    /** Store operations begun until all have their token. */
    const operations = async (prefix: string) => {
      const before = sent;
      const users = Array.from({ length: 200 }, (_, index) => ({ inbound: `${prefix}-${index}` }));
      await Promise.all(users.map(async (user) => backends.for(user as never)['api']?.token()));
      return sent - before;
    };
    expect(await operations('warm')).toBeGreaterThanOrEqual(400);
    await until(async () => (await world.own.keys('*:lease')).length === 0);
    world.redis.pause();
    const began = performance.now();
    // All wait at the same time, and for one operation only.
    expect(await operations('first')).toBeLessThanOrEqual(200);
    expect(performance.now() - began).toBeLessThan(20 * DEADLINE);
    expect(said.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    // A trial, if the period is over by then.
    expect(await operations('second')).toBeLessThanOrEqual(1);
    redis.disconnect();
  });
});
