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
  const kept = new Map<string, KeptSource>();
  let evictions = 0;
  let closed = false;

  return {
    async token(query = {}) {
      query.signal?.throwIfAborted();
      const { key, input } = await waitFor(options.identify(query.context), query.signal);
      query.signal?.throwIfAborted();
      return sourceFor(key).token({ ...query, input });
    },
    counts: () => ({ identities: kept.size, evictions }),
    close() {
      closed = true;
      for (const source of kept.values()) source.close();
    },
  };

  function sourceFor(key: string): KeptSource {
    const source = kept.get(key) ?? options.make(key);
    if (closed) source.close();
    kept.delete(key);
    kept.set(key, source);
    evict(key);
    return source;
  }

  /** More than one where renewals under way had kept others from going. */
  function evict(newest: string): void {
    for (const [key, source] of kept) {
      if (kept.size <= options.max) return;
      if (key === newest || source.state().state === 'renewing') continue;
      kept.delete(key);
      evictions += 1;
    }
  }
}
