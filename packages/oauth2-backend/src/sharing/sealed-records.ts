/** The records of one identity in a store: sealed, checked, and absent when there is anything wrong with them. */

import type { Clock } from '../clock.js';
import { type GuardedStore, type StoreEvent, StoreUnavailable } from './guarded-store.js';
import type { CredentialDigest } from './sealing.js';
import { readStoredToken, type StoredToken, writeStoredToken } from './stored-token.js';

/** One identity's place in a store. Everything rejects with `StoreUnavailable` when the store cannot be used. */
export interface SealedRecords {
  /** What is there and can be read, one for each secret at the most. */
  read(): Promise<readonly StoredToken[]>;
  /** @param ttl milliseconds @returns whether it was written: not without the lease, nor when it is too large */
  write(stored: StoredToken, options: { ttl: number; fence: string }): Promise<boolean>;
  /** @returns the fence that holds the lease now */
  lease(options: { ttl: number; fence: string }): Promise<string>;
  release(options: { fence: string }): Promise<void>;
  /** Milliseconds that it may cost a renewal. */
  readonly timeout: number;
  /** It has cost a renewal more than that. */
  tooSlow(error: StoreUnavailable): void;
  /** Tells of a write and all that belongs to it. */
  writing(work: Promise<unknown>): void;
  readonly report: (event: StoreEvent) => void;
}

const MAX_RECORD_LENGTH = 64 * 1024;

/** @param identity whose records, told with digests of the credentials instead of them */
export function sealedRecords(
  store: GuardedStore,
  { identity, clock }: { identity: (digest: CredentialDigest) => string; clock: Clock },
): SealedRecords {
  const { sealing, report, timeout, tooSlow, writing } = store;
  let known: readonly string[] | undefined;

  return {
    async read() {
      const places = await trying(async () => keys());
      const found = await Promise.all(places.map(async (key) => readAt(key, await store.get(key))));
      return found.filter((stored) => stored !== undefined);
    },
    async write(stored, options) {
      const sealed = await trying(() => sealing.seal(place(), writeStoredToken(stored)));
      if (sealed.length <= MAX_RECORD_LENGTH) return store.set(place(), sealed, options);
      report({ type: 'record', reason: 'oversized' });
      return false;
    },
    lease: (options) => store.lease(place(), options),
    release: (options) => store.release(place(), options),
    timeout,
    tooSlow,
    writing,
    report,
  };

  function keys(): readonly string[] {
    known ??= sealing.keysOf(identity);
    return known;
  }

  function place(): string {
    return keys()[0] ?? '';
  }

  async function readAt(key: string, sealed: unknown): Promise<StoredToken | undefined> {
    if (sealed === undefined || sealed === null) return undefined;
    if (typeof sealed !== 'string') return refuse('unreadable');
    if (sealed.length > MAX_RECORD_LENGTH) return refuse('oversized');
    const text = await trying(() => sealing.open(key, sealed));
    if (text === undefined) return refuse('unreadable');
    return readStoredToken(text, clock.now()) ?? refuse('malformed');
  }

  function refuse(reason: Extract<StoreEvent, { type: 'record' }>['reason']): undefined {
    report({ type: 'record', reason });
  }
}

/** Whatever goes wrong on the way into the store is the store's, not the token's. */
async function trying<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new StoreUnavailable('a record could not be sealed or opened', { cause });
  }
}
