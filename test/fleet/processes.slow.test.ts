import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RecordingServer, recordingServer } from 'test-servers/recording-server';
import { type RedisServer, redisInstalled, redisServer } from 'test-servers/redis-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { type FleetProcess, fleetProcesses } from './fleet-processes.js';
import { until } from './fleet-world.js';

const suite = redisInstalled() ? describe : describe.skip;
const LIFE = 3_600_000;
const SIZE = 16;
/** The first tests start many processes on a machine that may be busy. */
const PATIENCE = 40_000;

suite('a fleet of 16 processes with a store', () => {
  const storeSecret = randomBytes(32).toString('base64');
  const refused = new Set<string>();
  let fleet: FleetProcess[];
  let as: TokenServer;
  let api: RecordingServer;
  let redis: RedisServer;

  beforeAll(async () => {
    [fleet, as, api, redis] = await Promise.all([
      fleetProcesses(SIZE),
      tokenServer(),
      recordingServer(({ headers }) => ({ status: refused.has(headers.authorization ?? '') ? 401 : 200 })),
      redisServer(),
    ]);
  }, PATIENCE);
  afterAll(async () => {
    await Promise.all(fleet.map((member) => member.kill()));
    await Promise.all([as.close(), api.close(), redis.kill()]);
  });
  beforeEach(async () => {
    as.reset();
    api.reset();
    as.delay = 0;
    const oauth2 = {
      grant_type: 'client_credentials',
      token_endpoint: as.url,
      client_id: 'shop',
      client_secret: 'the-secret',
      // Others ask too after half of that, and that must not be because the machine is busy.
      backend: { timeout: '15s' },
    };
    const definitions = { api: { origin: api.origin, max_connections: 8, oauth2 } };
    await all('setup', { definitions, port: redis.port, store: { storeSecret, prefix: `${randomUUID()}:` } });
  }, PATIENCE);

  const living = () => fleet.filter((member) => member.alive());
  const all = (command: string, given: object = {}) =>
    Promise.all(living().map((member) => member.run(command, given)));
  const each = (answers: object) => living().map(() => answers);

  it(
    'asks once for 500 parallel cold requests of each',
    async () => {
      as.delay = 300;
      expect(await all('call', { count: 500 })).toEqual(each({ 200: 500 }));
      expect(api.requests).toHaveLength(500 * SIZE);
      expect(await all('said')).toEqual(living().map(() => []));
      expect(as.issued).toHaveLength(1);
    },
    PATIENCE,
  );

  it(
    'asks once for each of 10 renewals ahead of time, and nobody waits for one',
    async () => {
      await all('token');
      for (let turn = 1; turn <= 10; turn++) {
        await all('pass', { milliseconds: 0.8 * LIFE });
        const before = as.issued.length;
        await until(async () =>
          (await all('token')).every((value) => value === `token-${before}` || value === newest()),
        );
        await until(async () => (await all('token')).every((value) => value === `token-${before + 1}`));
        expect(await all('call', { count: 5 })).toEqual(each({ 200: 5 }));
      }
      expect(as.requests).toHaveLength(11);
    },
    PATIENCE,
  );

  it(
    'asks once when a resource server refuses the token of all',
    async () => {
      await all('call', { count: 1 });
      refused.add(`Bearer ${newest()}`);
      expect(await all('call', { count: 20 })).toEqual(each({ 200: 20 }));
      expect(as.requests).toHaveLength(2);
    },
    PATIENCE,
  );

  it(
    'asks once more, and fails nobody, each time that whoever asks is killed in the middle',
    async () => {
      as.delay = 250;
      await all('token');
      for (const phase of [0.8, 0.95, 1.1, 0.95, 0.8]) {
        const before = as.requests.length;
        await all('pass', { milliseconds: phase * LIFE });
        const killed = killNextLeader();
        const calls = living().map((member) => member.run('call', { count: 5 }).catch((error: Error) => error.message));
        await killed;
        const answers = await Promise.all(calls);
        const given = answers.filter((answer) => answer !== 'the process is gone');
        expect(given.length).toBeGreaterThanOrEqual(living().length);
        expect(given).toEqual(given.map(() => ({ 200: 5 })));
        await until(async () => (await all('token')).every((value) => value === newest()));
        expect(as.requests.length - before).toBeLessThanOrEqual(2);
      }
      expect(living()).toHaveLength(SIZE - 5);
    },
    PATIENCE,
  );

  function newest(): string {
    return as.issued.at(-1) ?? '';
  }

  /** Kills the next process that begins a token request, once the request has arrived. */
  function killNextLeader(): Promise<void> {
    const arrived = as.arrived(as.requests.length + 1);
    return new Promise((resolve) => {
      for (const member of living()) {
        member.onAsking = () => {
          for (const other of fleet) other.onAsking = undefined;
          void arrived.then(() => member.kill()).then(resolve);
        };
      }
    });
  }
});
