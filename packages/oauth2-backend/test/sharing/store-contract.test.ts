import { describe, expect, it } from '@jest/globals';
import type { TokenStore } from 'oauth2-backend';
import { storeContract } from 'oauth2-backend/store-contract';
import { memoryStore, type Shelf } from './memory-store.js';

const make = (shelf: Shelf) => memoryStore(shelf, { storePlaintext: true });

describe('a token store in memory', () => {
  const shelf: Shelf = new Map();
  for (const { name, run } of storeContract({ make: () => make(shelf) })) it.concurrent(name, run);
});

describe('storeContract({ make })', () => {
  it.each<[string, (good: TokenStore) => Partial<TokenStore>, string]>([
    [
      'writes without the lease',
      (good) => ({ set: async (key, text, options) => force(good, key, text, options) }),
      'writes nothing without the lease',
    ],
    [
      'grants each lease',
      () => ({ lease: async (_key, { fence }) => fence }),
      'grants a lease to one of many and names it to the others',
    ],
    [
      'ends the lease of another',
      (good) => ({ release: async (key) => end(good, key) }),
      'lets the holder end its lease, and nobody else',
    ],
    [
      'never forgets',
      (good) => ({ set: (key, text, { fence }) => good.set(key, text, { fence, ttl: 1e9 }) }),
      'forgets a record when its time is over, and not before',
    ],
    [
      'mixes keys',
      (good) => ({ get: () => good.get('same'), set: (_key, text, options) => force(good, 'same', text, options) }),
      'keeps keys apart',
    ],
    [
      'never lengthens a lease',
      (good) => ({
        lease: async (key, options) =>
          (await good.lease(`${key}?`, { ttl: 1e9, fence: 'x' })) && first(good, key, options),
      }),
      'lengthens the lease of its holder only',
    ],
  ])('notices a store that %s', async (_what, change, name) => {
    const shelf: Shelf = new Map();
    const checks = storeContract({ make: () => ({ ...make(shelf), ...change(make(shelf)) }) });
    await expect(checks.find((check) => check.name === name)?.run()).rejects.toThrow();
  });
});

async function force(good: TokenStore, key: string, text: string, options: { ttl: number; fence: string }) {
  const holder = await good.lease(key, { ttl: options.ttl, fence: options.fence });
  return good.set(key, text, { ...options, fence: holder });
}

async function end(good: TokenStore, key: string): Promise<void> {
  await good.release(key, { fence: await good.lease(key, { ttl: 1, fence: 'nobody' }) });
}

/** Grants it when it is free and leaves its end as it is. */
async function first(good: TokenStore, key: string, options: { ttl: number; fence: string }): Promise<string> {
  const probe = await good.lease(key, { ttl: 1, fence: `${options.fence}-probe` });
  if (!probe.endsWith('-probe')) return probe;
  await good.release(key, { fence: probe });
  return good.lease(key, options);
}
