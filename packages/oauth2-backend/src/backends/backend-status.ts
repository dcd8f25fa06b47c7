/** What a backend's token is up to. */

import { memberOf } from '../definitions/own-members.js';
import type { AccessToken, TokenSource } from '../token.js';
import type { Upstream } from './upstream.js';

/** The state of the token that needs no request, and what happened since the start. */
export interface BackendStatus {
  readonly name: string;
  /** `failing`: the last renewal failed and none is under way; a kept token may still be in use. */
  readonly state: 'none' | 'fresh' | 'renewing' | 'expired' | 'failing';
  /** Milliseconds since the epoch: until when the token is kept, 24 h at most; always fit for a `Date`. */
  readonly expiresAt?: number;
  /** Milliseconds since the epoch: no token request is made before. */
  readonly retryAt?: number;
  readonly lastError?: { readonly code: string; readonly message: string; readonly at: number };
  readonly counts: {
    readonly tokenRequests: number;
    readonly renewals: number;
    readonly refusals: number;
    readonly failures: number;
    readonly identities: number;
    readonly evictions: number;
    /** Requests repeated on a new connection, because a reused one died before the answer. */
    readonly reconnects: number;
  };
}

/** The status of one backend. A source that we do not keep is only known by its `current()`. */
export function statusOf({ name, source, counted, connections }: Upstream): BackendStatus {
  const none = { tokenRequests: 0, renewals: 0, refusals: 0, failures: 0, identities: 0, evictions: 0 };
  const counts = { ...(counted?.counts() ?? none), reconnects: connections.reconnects };
  if (!counted?.kept) {
    const token = currentOf(source);
    return { name, state: token ? 'fresh' : 'none', ...endOf(token?.expiresAt), counts };
  }
  const { state, expiresAt, last } = counted.kept.state();
  return {
    name,
    state,
    ...endOf(expiresAt),
    ...(last && { retryAt: last.retryAt, lastError: { ...describe(last.error), at: last.at } }),
    counts,
  };
}

/** The calendar ends in the year 275760. */
const LAST_INSTANT = 8.64e15;

/** A source of the application's may say anything. */
function endOf(expiresAt: unknown): { expiresAt?: number } {
  return typeof expiresAt === 'number' && expiresAt >= 0 ? { expiresAt: Math.min(expiresAt, LAST_INSTANT) } : {};
}

/** Asking how things are must not fail because one source does. */
function currentOf(source: TokenSource | undefined): AccessToken | undefined {
  try {
    return source && memberOf(source, 'current')?.call(source);
  } catch {
    return undefined;
  }
}

function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: 'UNKNOWN', message: 'unknown reason' };
  return { code: 'code' in error ? String(error.code) : error.name, message: error.message };
}
