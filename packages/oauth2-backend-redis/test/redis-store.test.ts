import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from 'oauth2-backend';
import { storeContract } from 'oauth2-backend/store-contract';
import { type RedisClient, redisStore } from 'oauth2-backend-redis';
import { type RedisServer, redisInstalled, redisServer } from 'test-servers/redis-server';
import { type ConnectedClient, clients, clusterClients } from './redis-clients.js';

const run = promisify(execFile);
const storeSecret = randomBytes(32).toString('base64');
const never = { call: async () => undefined } as RedisClient;

const suite = redisInstalled() ? describe : describe.skip;

suite('redisStore(client) on a real server', () => {
  let server: RedisServer;
  let cluster: RedisServer;
  let folder: string;
  beforeAll(async () => {
    server = await redisServer();
    folder = await mkdtemp(join(tmpdir(), 'redis-'));
    cluster = await redisServer([
      '--cluster-announce-ip',
      '127.0.0.1',
      '--cluster-enabled',
      'yes',
      '--cluster-config-file',
      'nodes.conf',
      '--dir',
      folder,
    ]);
    await cli(cluster, 'cluster', 'addslotsrange', '0', '16383');
    while (!(await cli(cluster, 'cluster', 'info')).includes('cluster_state:ok')) await delay(20);
  });
  afterAll(async () => {
    await Promise.all([server.kill(), cluster.kill()]);
    await rm(folder, { recursive: true });
  });

  const all = [
    ...Object.entries(clients).map(([name, connect]) => ({ name, connect, on: () => server })),
    ...Object.entries(clusterClients).map(([name, connect]) => ({
      name: `${name}, cluster`,
      connect,
      on: () => cluster,
    })),
  ];
  describe.each(all)('with $name: a token store', ({ connect, on }) => {
    let connected: ConnectedClient;
    beforeAll(async () => {
      connected = await connect(on().port);
    });
    afterAll(() => connected.end());

    const make = () => redisStore(connected.client, { storeSecret, prefix: 'test:' });
    for (const { name, run: check } of storeContract({ make })) it.concurrent(name, check);

    it('takes what is no text for a record that cannot be read, and writes over it', async () => {
      await cli(on(), 'flushall');
      await cli(on(), 'hset', 'test:{odd}', 'a', 'b');
      await cli(on(), 'hset', 'test:{odd}:lease', 'a', 'b');
      const store = make();
      expect(await store.get('odd')).toBe('');
      expect(await store.lease('odd', { ttl: 1_000, fence: 'f' })).toBe('f');
      expect(await store.set('odd', 'text', { ttl: 1_000, fence: 'f' })).toBe(true);
      expect(await store.get('odd')).toBe('text');
      await store.release('odd', { fence: 'f' });
    });

    it('takes over a lease that has no end, and fetches no more than one byte over 64 KiB', async () => {
      await cli(on(), 'flushall');
      await cli(on(), 'set', 'test:{eternal}:lease', 'nobody');
      await cli(on(), 'setrange', 'test:{huge}', '1000000', 'x');
      const store = make();
      expect(await store.lease('eternal', { ttl: 1_000, fence: 'f' })).toBe('f');
      expect(await store.get('huge')).toHaveLength(65_537);
    });
  });

  it('puts all its keys below the prefix, a record and its lease on one node', async () => {
    const connected = await clients['ioredis']?.(server.port);
    await cli(server, 'flushall');
    const store = redisStore(connected?.client ?? never, { storeSecret });
    await store.lease('abc', { ttl: 5_000, fence: 'f' });
    await store.set('abc', 'text', { ttl: 5_000, fence: 'f' });
    expect((await cli(server, 'keys', '*')).trim().split('\n').sort()).toEqual([
      'oauth2-backend:{abc}',
      'oauth2-backend:{abc}:lease',
    ]);
    expect(Number(await cli(server, 'pttl', 'oauth2-backend:{abc}'))).toBeGreaterThan(4_000);
    connected?.end();
  });
});

describe('redisStore(client, options)', () => {
  it.each<[string, unknown, object | undefined, string[]]>([
    ['no client', undefined, { storeSecret }, ['client']],
    ['a client of another kind', { get() {}, set() {} }, { storeSecret }, ['client']],
    ['no options', never, undefined, ['storeSecret']],
    ['no secret', never, {}, ['storeSecret']],
    ['a secret that is undefined', never, { storeSecret: undefined, storePlaintext: false }, ['storeSecret']],
    ['a short secret', never, { storeSecret: 'changeme' }, ['storeSecret']],
    ['16 bytes as hex', never, { storeSecret: randomBytes(16).toString('hex') }, ['storeSecret']],
    ['a long secret of one letter', never, { storeSecret: 'a'.repeat(64) }, ['storeSecret']],
    ['a second secret that is short', never, { storeSecret: [storeSecret, 'old'] }, ['storeSecret[1]']],
    ['three secrets', never, { storeSecret: [storeSecret, storeSecret, storeSecret] }, ['storeSecret']],
    ['a secret and plain text', never, { storeSecret, storePlaintext: true }, ['storePlaintext']],
    [
      'a prefix with braces, a timeout as text',
      never,
      { storeSecret, prefix: '{a}', timeout: '1s' },
      ['prefix', 'timeout'],
    ],
    ['an unknown option', never, { storeSecret, ttl: 5 }, ['ttl']],
    ['everything wrong', 1, { prefix: 1 }, ['client', 'prefix', 'storeSecret']],
  ])('refuses %s', (_what, client, options, paths) => {
    const error = caught(() => redisStore(client as RedisClient, options as never));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems.map(({ path }) => path)).toEqual(paths);
    expect(String(error)).not.toContain('changeme');
  });

  it('accepts secrets as bytes, hex and base64, two of them, and plain text when it is asked for', () => {
    for (const secret of [
      randomBytes(32),
      randomBytes(32).toString('hex'),
      storeSecret,
      [storeSecret, randomBytes(40)],
    ]) {
      expect(redisStore(never, { storeSecret: secret })).toMatchObject({ timeout: 250 });
    }
    expect(redisStore(never, { storePlaintext: true, timeout: 20 })).toMatchObject({ timeout: 20 });
  });
});

async function cli(server: RedisServer, ...command: string[]): Promise<string> {
  return (await run('redis-cli', ['-p', String(server.port), ...command])).stdout;
}

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
