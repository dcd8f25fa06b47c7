/** What a store that processes share costs, and what it saves. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { redisServer, redisVersion } from 'test-servers/redis-server';
import { figure, number } from '../report/figures.js';
import { median, percentile } from '../report/statistics.js';
import { connectRedis } from '../servers/shared-store.js';
import { fleetHerd } from './store-herd.js';
import { newcomers } from './store-newcomers.js';
import { warmStore } from './store-warm.js';
import { userMemory } from './user-memory.js';

const TITLE = 'A store that processes share';
/** Many short rounds: a machine that does something else in between spoils few of them. */
const TOKEN_ROUNDS = 10;
const REQUEST_ROUNDS = 3;
/** Milliseconds after `createBackends` in which a process has come up and waits for its first request. */
const UP = 100;

/** Needs a redis-server; without one this is left out. */
export async function store(world, effort) {
  const version = redisVersion();
  if (!version)
    return { title: TITLE, leftOut: 'redis-server is not installed: apt-get install redis-server', figures: [] };
  const server = await redisServer();
  const client = await connectRedis(server.port);
  try {
    return result(await measure(world, effort, server.port, client), { version, ...effort });
  } finally {
    client.destroy();
    await server.kill();
  }
}

async function measure(world, { rounds, pick }, port, client) {
  const redis = { port, storeSecret: randomBytes(32).toString('base64') };
  const herd = { processes: pick(16, 2), callers: pick(500, 50) };
  const users = pick(4_000, 100);

  const { tokens, requests } = await warmStore(world, {
    redis,
    tokens: { rounds: TOKEN_ROUNDS * rounds, calls: pick(100_000, 2_000) },
    requests: { rounds: REQUEST_ROUNDS * rounds, milliseconds: pick(120, 30) },
  });
  const groups = [
    { count: pick(30, 1), wait: UP },
    { count: pick(10, 1), wait: 0 },
  ];
  const [up, atOnce] = await newcomers(world, { redis, groups });
  const asked = await fleetHerd(world, { redis, ...herd });
  await client.flushAll();
  const settled = (count) => stored(client, count);
  const [shared, own] = await Promise.all([
    userMemory(world, { count: users, client: 'store-users', redis, settled }),
    userMemory(world, { count: users, client: 'store-users' }),
  ]);
  return { tokens, requests, up, atOnce, herd, asked, users, memory: { with: shared.beyond, without: own.beyond } };
}

/** Waits until so many records are there and no lease is: nobody waits for the writes. */
async function stored(client, count) {
  const end = performance.now() + 10_000;
  while ((await client.dbSize()) !== count) {
    if (performance.now() > end) throw new Error(`${await client.dbSize()} keys in Redis for ${count} users`);
    await pause(10);
  }
}

function result({ tokens, requests, up, atOnce, herd, asked, users, memory }, { version, rounds }) {
  const herdTitle = `${herd.processes} processes × ${herd.callers} callers`;
  const beyond = up.map(({ token, roundTrip }) => token - roundTrip);
  const more = memory.with - memory.without;
  const milliseconds = (values) => `${number(median(values), 2)}, p95 ${number(percentile(values, 0.95), 2)}`;
  const firstTokens = (processes) => milliseconds(processes.map(({ token }) => token));
  return {
    title: TITLE,
    text: `redis-server ${version} on the same machine, @redis/client, sealed records. Warm: medians of interleaved rounds, ${TOKEN_ROUNDS * rounds} (token) and ${REQUEST_ROUNDS * rounds} (requests), against the mean of two processes without a store, which are ${number(tokens.noise, 2)} (token) and ${number(requests.noise, 2)} (requests) of each other. New processes: ${up.length} that ask ${UP} ms after \`createBackends\`, ${atOnce.length} that ask in the same turn and so wait until the cipher is loaded, too; all modules are loaded and the client is connected; the round trip is the median of PINGs on the same connection afterwards. Callers: \`request\`, all at once, no token anywhere, a token endpoint that takes 200 ms. Users as above, ${number(users)}.`,
    columns: ['', 'with the store', 'without'],
    rows: [
      ['`await backend.token()`, token there, ns', number(tokens.with, 1), number(tokens.without, 1)],
      ['`request`, token there, requests/s, 50 at a time', number(requests.with), number(requests.without)],
      ['first token of a process that has come up, ms', firstTokens(up), ''],
      ['the same, less the round trip, ms', milliseconds(beyond), ''],
      ['first token in the turn of `createBackends`, ms', firstTokens(atOnce), ''],
      ['round trip to Redis, ms', milliseconds(up.map(({ roundTrip }) => roundTrip)), ''],
      [`token requests, ${herdTitle}`, number(asked.with), number(asked.without)],
      ['a user beyond the token, bytes', number(memory.with), number(memory.without)],
      ['a user more than without, bytes', number(more), ''],
    ],
    figures: [
      figure('`await token()` with a store over without', tokens.ratio, { atMost: 1.05 }),
      figure('throughput of `request` with a store over without', requests.ratio, { atLeast: 0.99 }),
      figure('first token of a new process beyond the round trip to Redis, median', median(beyond), {
        atMost: 5,
        unit: ' ms',
      }),
      figure(`token requests of ${herdTitle}`, asked.with, { atMost: 1, digits: 0 }),
    ],
  };
}
