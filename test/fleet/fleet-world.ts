/** An authorization server, an API, a Redis server, and members of a fleet: backends with a connection to Redis each. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import {
  type Backend,
  type Backends,
  type BackendsOptions,
  createBackends,
  type OAuth2Definition,
} from 'oauth2-backend';
import { type RedisClient, type RedisStoreOptions, redisStore } from 'oauth2-backend-redis';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { type RedisServer, redisServer } from 'test-servers/redis-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';

/** One process of the fleet, as far as tokens go. */
export interface Member {
  readonly backend: Backend;
  readonly backends: Backends;
  /** What its log says, `level message` each. */
  readonly said: readonly string[];
  /** Whether its client has a connection to Redis. */
  connected(): boolean;
  /** Time passes for this member. */
  pass(milliseconds: number): void;
}

/** What a member does differently. */
export interface MemberOptions extends Omit<BackendsOptions, 'store' | 'clock' | 'logger'> {
  readonly oauth2?: Partial<OAuth2Definition>;
  readonly store?: Partial<RedisStoreOptions>;
  /** Connects to this port of 127.0.0.1 instead of the server's. */
  readonly port?: number;
  /** Uses this client instead of one of its own. */
  readonly client?: RedisClient;
}

export interface FleetWorld {
  readonly as: TokenServer;
  readonly api: ApiServer;
  readonly redis: RedisServer;
  /** A Redis client of the test's own, to look and to tamper. */
  readonly own: Awaited<ReturnType<typeof connect>>;
  member(options?: MemberOptions): Promise<Member>;
  /** Waits until the fleet has what a member has just asked for: the lease is given back after that. */
  written(): Promise<void>;
  /** Ends the members, and the servers. */
  close(): Promise<void>;
}

/** Starts it; each member has the same configuration and secret unless the test says otherwise. */
export async function fleetWorld(args: readonly string[] = []): Promise<FleetWorld> {
  const [as, api, redis] = await Promise.all([tokenServer(), apiServer(), redisServer(args)]);
  const storeSecret = randomBytes(32).toString('base64');
  const ends: (() => unknown)[] = [];
  const own = await connect(redis.port);

  return {
    as,
    api,
    redis,
    own,
    async member({ oauth2, store, port = redis.port, client: given, ...options } = {}) {
      // Not @redis/client, which does not always notice that its server is gone.
      const client = given ? undefined : new Redis({ host: '127.0.0.1', port, retryStrategy: () => 20 });
      client?.on('error', () => {});
      await client?.ping();
      const said: string[] = [];
      const say = (level: string) => (_: object, message: string) => void said.push(`${level} ${message}`);
      const logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
      let passed = 0;
      const clock = { now: () => Date.now() + passed, monotonic: () => performance.now() + passed };
      const definition = { grant_type: 'client_credentials', token_endpoint: as.url, client_id: 'shop', ...oauth2 };
      const backends = createBackends(
        { api: { origin: api.origin, oauth2: { client_secret: 'the-secret', ...definition } } },
        { ...options, logger, clock, store: redisStore(given ?? (client as RedisClient), { storeSecret, ...store }) },
      );
      ends.push(() => backends.close({ timeout: 0 }).then(() => client?.disconnect()));
      const pass = (milliseconds: number) => {
        passed += milliseconds;
      };
      return { backend: backends.get('api'), backends, said, connected: () => client?.status === 'ready', pass };
    },
    written: () => until(async () => (await own.keys('*:lease')).length === 0),
    async close() {
      redis.resume();
      await Promise.all(ends.map((end) => end()));
      own.destroy();
      await Promise.all([as.close(), api.close(), redis.kill()]);
    },
  };
}

/** Waits until it holds, 15 s at the most: a test that is over must not go on asking. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it did not become true: ${holds.toString()}`);
    await delay(5);
  }
}

async function connect(port: number) {
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: 20 } });
  return client.on('error', () => {}).connect();
}
