/** What a place for tokens must be able to do to serve several processes. */

import type { Sealing } from './sealing.js';

/**
 * A place that several processes share. It sees opaque keys and opaque records only.
 *
 * An operation that cannot be done rejects; it may hang, too: its caller has a deadline and goes on without the store.
 * `storeContract` of `oauth2-backend/store-contract` checks all of this.
 */
export interface TokenStore {
  /** Makes keys and records opaque; from `sealing()`. */
  readonly sealing: Sealing;
  /** Milliseconds an operation may take; default 250. */
  readonly timeout?: number | undefined;
  /** The record at this key, or `undefined`. What is there but is no text counts as `''`. */
  get(key: string): Promise<string | undefined>;
  /**
   * Writes a record over whatever is there, in one step with the check that `fence` holds the key's lease.
   *
   * @param options.ttl milliseconds, more than 0; the record is gone after that
   * @returns whether it was written: not when the lease is over or another's
   */
  set(key: string, record: string, options: { ttl: number; fence: string }): Promise<boolean>;
  /**
   * Grants the lease of a key to `fence` for so many milliseconds when nobody holds it; lengthens it when `fence` does.
   * A renewal asks for 2 000 at the most: a lease that lasts longer than that, and than `ttl`, may count as nobody's.
   *
   * @param options.fence 64 characters at the most
   * @returns the fence that holds it now: the given one, or another's
   */
  lease(key: string, options: { ttl: number; fence: string }): Promise<string>;
  /** Ends the lease if `fence` holds it, in one step; else nothing happens. */
  release(key: string, options: { fence: string }): Promise<void>;
}

/** The members that a given store must have. */
export const STORE_METHODS: readonly (keyof TokenStore)[] = ['get', 'set', 'lease', 'release'];
