/** What every token store must do, as checks that run under any test runner. */

import { deepEqual, equal } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { TokenStore } from './token-store.js';

export type { TokenStore } from './token-store.js';

/** One thing a store must do. */
export interface StoreCheck {
  /** Stands behind "a token store". */
  readonly name: string;
  /** @throws AssertionError when the store does something else */
  run(): Promise<void>;
}

type Check = (one: TokenStore, other: TokenStore, key: string) => Promise<void>;

const FENCE = 'fence-1';
const OTHER = 'fence-2';
const LONG = 60_000;
const SHORT = 150;

/**
 * The checks. Each uses two stores on the same place, as two processes would, and keys of its own.
 *
 * @param make a store; called twice for each check
 * @example
 * for (const { name, run } of storeContract({ make: () => myStore(pool) })) it(name, run);
 */
export function storeContract({ make }: { make: () => TokenStore | Promise<TokenStore> }): readonly StoreCheck[] {
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => check(await make(), await make(), randomUUID()),
  }));
}

const checks: Readonly<Record<string, Check>> = {
  'gives undefined where nothing is': async (one, _other, key) => {
    equal(await one.get(key), undefined);
  },
  'gives back to all what the holder of the lease has written, to the letter': async (one, other, key) => {
    equal(await one.lease(key, { ttl: LONG, fence: FENCE }), FENCE);
    for (const record of ['{"a":"é\\n\u{1f600}"}', 'x'.repeat(64 * 1024), '0']) {
      equal(await one.set(key, record, { ttl: LONG, fence: FENCE }), true);
      equal(await other.get(key), record);
    }
  },
  'writes nothing without the lease': async (one, other, key) => {
    equal(await one.set(key, 'a', { ttl: LONG, fence: FENCE }), false);
    await other.lease(key, { ttl: LONG, fence: OTHER });
    equal(await one.set(key, 'a', { ttl: LONG, fence: FENCE }), false);
    equal(await one.get(key), undefined);
  },
  'writes nothing when the lease is over or another has it by now': async (one, other, key) => {
    await one.lease(key, { ttl: SHORT, fence: FENCE });
    await delay(2 * SHORT);
    equal(await one.set(key, 'a', { ttl: LONG, fence: FENCE }), false);
    await other.lease(key, { ttl: LONG, fence: OTHER });
    equal(await one.set(key, 'a', { ttl: LONG, fence: FENCE }), false);
    equal(await other.get(key), undefined);
  },
  'forgets a record when its time is over, and not before': async (one, other, key) => {
    await one.lease(key, { ttl: LONG, fence: FENCE });
    await one.set(key, 'a', { ttl: 2 * SHORT, fence: FENCE });
    equal(await other.get(key), 'a');
    await delay(3 * SHORT);
    equal(await other.get(key), undefined);
  },
  'gives a new record the time that came with it': async (one, _other, key) => {
    await one.lease(key, { ttl: LONG, fence: FENCE });
    await one.set(key, 'a', { ttl: SHORT, fence: FENCE });
    await one.set(key, 'b', { ttl: LONG, fence: FENCE });
    await delay(2 * SHORT);
    equal(await one.get(key), 'b');
  },
  'grants a lease to one of many and names it to the others': async (one, other, key) => {
    const ask = (store: TokenStore) => store.lease(key, { ttl: LONG, fence: randomUUID() });
    const holders = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(index % 2 ? one : other)));
    deepEqual(new Set(holders).size, 1);
  },
  'lengthens the lease of its holder only': async (one, other, key) => {
    await one.lease(key, { ttl: 2 * SHORT, fence: FENCE });
    equal(await other.lease(key, { ttl: LONG, fence: OTHER }), FENCE);
    await delay(SHORT);
    equal(await one.lease(key, { ttl: 2 * SHORT, fence: FENCE }), FENCE);
    await delay(1.5 * SHORT);
    equal(await other.lease(key, { ttl: LONG, fence: OTHER }), FENCE);
    await delay(2 * SHORT);
    equal(await other.lease(key, { ttl: LONG, fence: OTHER }), OTHER);
  },
  'lets the holder end its lease, and nobody else': async (one, other, key) => {
    await one.lease(key, { ttl: LONG, fence: FENCE });
    await other.release(key, { fence: OTHER });
    equal(await other.lease(key, { ttl: LONG, fence: OTHER }), FENCE);
    await one.release(key, { fence: FENCE });
    equal(await other.lease(key, { ttl: LONG, fence: OTHER }), OTHER);
    await one.release(key, { fence: FENCE });
    equal(await one.lease(key, { ttl: LONG, fence: FENCE }), OTHER);
  },
  'keeps the record when the lease ends': async (one, other, key) => {
    await one.lease(key, { ttl: LONG, fence: FENCE });
    await one.set(key, 'a', { ttl: LONG, fence: FENCE });
    await one.release(key, { fence: FENCE });
    equal(await other.get(key), 'a');
  },
  'keeps keys apart': async (one, other, key) => {
    await one.lease(key, { ttl: LONG, fence: FENCE });
    await one.set(key, 'a', { ttl: LONG, fence: FENCE });
    equal(await other.get(`${key}x`), undefined);
    equal(await other.lease(`${key}x`, { ttl: LONG, fence: OTHER }), OTHER);
  },
};
