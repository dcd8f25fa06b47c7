/** One kept token for each identity, where the request's context says whose token it is. */

import type { GrantInput, GrantQuery } from '../grant-input.js';
import type { RequestContext } from '../request-context.js';
import type { AccessToken } from '../token.js';
import { waitFor } from './flight.js';
import type { KeptSource } from './kept-source.js';

/** What a context says. */
export interface Identified {
  /** The identity: cache key and flight key. */
  readonly key: string;
  /** What was evaluated on the way, if it is good for the token request. */
  readonly input?: GrantInput | undefined;
}

/** How identities are told apart and kept. */
export interface PerIdentityOptions {
  /** @throws NoTokenError when the context gives no identity */
  readonly identify: (context: RequestContext | undefined) => Promise<Identified>;
  /** A keeper for one identity. */
  readonly make: (key: string) => KeptSource;
  /** The most identities kept; the one least recently used goes first, but none with a renewal under way. */
  readonly max: number;
}

/** Kept tokens by identity. */
export interface PerIdentity {
  token(query?: GrantQuery): Promise<AccessToken>;
  counts(): { readonly identities: number; readonly evictions: number };
  close(): void;
}

/** A token source that keeps tokens apart by identity. */
export function perIdentity(options: PerIdentityOptions): PerIdentity {
  /** In the order of last use. */
  const kept = new Map<string, Entry>();
  let evictions = 0;
  let closed = false;

  return {
    async token(query = {}) {
      query.signal?.throwIfAborted();
      const { key, input } = await waitFor(options.identify(query.context), query.signal);
      query.signal?.throwIfAborted();
      const entry = entryFor(key);
      entry.callers += 1;
      try {
        return await entry.source.token({ ...query, input });
      } finally {
        entry.callers -= 1;
      }
    },
    counts: () => ({ identities: kept.size, evictions }),
    close() {
      closed = true;
      for (const { source } of kept.values()) source.close();
    },
  };

  function entryFor(key: string): Entry {
    const entry = kept.get(key) ?? { source: options.make(key), callers: 0 };
    if (closed) entry.source.close();
    kept.delete(key);
    kept.set(key, entry);
    evict(key);
    return entry;
  }

  /** More than one where callers or renewals under way had kept others from going. */
  function evict(newest: string): void {
    for (const [key, { source, callers }] of kept) {
      if (kept.size <= options.max) return;
      if (key === newest || callers > 0 || source.state().state === 'renewing') continue;
      kept.delete(key);
      evictions += 1;
    }
  }
}

interface Entry {
  readonly source: KeptSource;
  /** Those who wait for its token: another entry for them would ask again. */
  callers: number;
}
