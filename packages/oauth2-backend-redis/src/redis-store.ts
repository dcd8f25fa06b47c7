/** A token store on a Redis client that the application already has. */

import { ConfigurationError, type Problem, type SealingOptions, sealing, type TokenStore } from 'oauth2-backend';
import { LEASE, RELEASE, SET } from './scripts.js';
import { type RedisClient, type SendCommand, sendCommand } from './send-command.js';

/** How the store is used. Needs `storeSecret`, or `storePlaintext: true`. */
export interface RedisStoreOptions extends SealingOptions {
  /** Starts each key; no braces. Default `oauth2-backend:`. */
  readonly prefix?: string | undefined;
  /** Milliseconds an operation, or all of a renewal's ahead of its request, may take; then it goes on without the store. Default 250. */
  readonly timeout?: number | undefined;
}

/** One byte more than a record may have: what is larger is told from it, and never fetched. */
const RECORD_LIMIT = 64 * 1024;
/** Milliseconds that a renewal asks for at the most. */
const LONGEST_LEASE = '2000';
const OPTIONS = ['storeSecret', 'storePlaintext', 'prefix', 'timeout'];

/**
 * A store for `createBackends(definitions, { store })`. Uses GETRANGE and EVAL (of STRLEN, GET, PTTL, SET, DEL) on its own keys.
 *
 * @example
 * const client = await createClient({ url: process.env.REDIS_URL }).on('error', console.error).connect();
 * const store = redisStore(client, { storeSecret: process.env.STORE_SECRET });
 * @throws ConfigurationError for an unknown client and for wrong options
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions): TokenStore {
  // In JavaScript there may be none: the secret is missing then.
  const given: RedisStoreOptions = Object(options);
  const { prefix = 'oauth2-backend:', timeout = 250, storeSecret, storePlaintext } = given;
  const send = sendCommand(client);
  const problems = problemsOf(send, given, { prefix, timeout });
  const seals = sealed({ storeSecret, storePlaintext }, problems);
  if (!send || !seals || problems.length > 0) throw new ConfigurationError(problems);
  hearErrors(client);
  // The braces keep a record and its lease on one node of a cluster.
  const record = (key: string) => `${prefix}{${key}}`;
  const lease = (key: string) => `${record(key)}:lease`;

  return {
    sealing: seals,
    timeout,
    async get(key) {
      const found = await range(send, record(key));
      return found === '' ? undefined : (found ?? '');
    },
    async set(key, text, { ttl, fence }) {
      const keys = [lease(key), record(key)];
      const written = await send(record(key), ['eval', SET, '2', ...keys, fence, String(ttl), text]);
      return Number(written) === 1;
    },
    async lease(key, { ttl, fence }) {
      return String(await send(record(key), ['eval', LEASE, '1', lease(key), fence, String(ttl), LONGEST_LEASE]));
    },
    async release(key, { fence }) {
      await send(record(key), ['eval', RELEASE, '1', lease(key), fence]);
    },
  };
}

/** The text there, `''` for none; `undefined` for a list, a hash and the like. */
async function range(send: SendCommand, key: string): Promise<string | undefined> {
  try {
    const found = await send(key, ['getrange', key, '0', String(RECORD_LIMIT)]);
    return typeof found === 'string' || Buffer.isBuffer(found) ? found.toString() : undefined;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return undefined;
    throw error;
  }
}

function problemsOf(
  send: SendCommand | undefined,
  options: object,
  { prefix, timeout }: { prefix: unknown; timeout: unknown },
): Problem[] {
  const problems: Problem[] = [];
  if (!send)
    problems.push({ path: 'client', message: 'must be a client of @redis/client, redis, ioredis or iovalkey' });
  if (typeof prefix !== 'string' || /[{}]/.test(prefix)) {
    problems.push({ path: 'prefix', message: 'must be a string without braces' });
  }
  if (typeof timeout !== 'number' || !(timeout >= 1 && timeout <= 10_000)) {
    problems.push({ path: 'timeout', message: 'must be a number of milliseconds, 1 to 10 000' });
  }
  for (const path of Object.keys(options)) {
    if (!OPTIONS.includes(path)) problems.push({ path, message: `is no option; there are ${OPTIONS.join(', ')}` });
  }
  return problems;
}

function sealed(options: SealingOptions, problems: Problem[]): TokenStore['sealing'] | undefined {
  try {
    return sealing(options);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** A lost connection is no reason to end the process, as an `error` event without a listener would. */
function hearErrors(client: RedisClient & Partial<NodeJS.EventEmitter>): void {
  if (client.listenerCount?.('error') === 0) client.on?.('error', () => {});
}
