/** The pause after a failed renewal: nobody hammers a server that is down or has refused. */

import type { Clock } from '../clock.js';
import { memberOf } from '../definitions/own-members.js';
import { TokenRequestError } from '../errors.js';
import { retryAfterOf } from '../token-request/retry-after.js';
import { failureKind } from './failure.js';

const TRANSIENT = [500, 1_000, 2_000];
const REFUSED = [5_000, 10_000, 20_000, 30_000];
const JITTER = 0.15;
const MAX_RETRY_AFTER = 60_000;
const MAX_RETRY_AFTER_429 = 300_000;

/** A failure that is remembered. */
export interface Failure {
  readonly error: unknown;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds since the epoch: nobody asks before. */
  readonly retryAt: number;
}

/** Remembers the last failure while its pause lasts. Attempts are known by when they began, on the monotonic clock. */
export interface Pause {
  /** The remembered failure while the pause is on. */
  active(): Failure | undefined;
  /** The last failure since the last success, pause or no pause. */
  last(): Failure | undefined;
  /** Attempts that were under way together and fail together lengthen the pause once: `false` for all but the first. */
  failed(error: unknown, began: number): boolean;
  /** Ends the pause - unless the server asked for it after this attempt began. */
  succeeded(began: number): void;
}

/**
 * A pause that grows with each failure in a row.
 *
 * @param lengthOf milliseconds for a failure that so many others came before
 */
export function pause(clock: Clock, lengthOf: (error: unknown, before: number) => number = ownLength): Pause {
  let failures = 0;
  let last: (Failure & { readonly since: number; readonly until: number }) | undefined;

  return {
    active: () => (last !== undefined && clock.monotonic() < last.until ? last : undefined),
    last: () => last,
    failed(error, began) {
      const first = !last || began > last.since;
      if (first) failures += 1;
      const since = clock.monotonic();
      const length = Math.max(lengthOf(error, failures - 1), last ? last.until - since : 0);
      const at = clock.now();
      last = { error, at, retryAt: at + length, since, until: since + length };
      return first;
    },
    succeeded(began) {
      if (last && began < last.since && statusOf(last.error) !== undefined) return;
      failures = 0;
      last = undefined;
    },
  };
}

/** `Retry-After` is obeyed when longer, up to a cap (RFC 9110 §10.2.3). */
function ownLength(error: unknown, before: number): number {
  const cap = statusOf(error) === 429 ? MAX_RETRY_AFTER_429 : MAX_RETRY_AFTER;
  const asked = Math.min(retryAfterOf(error) ?? 0, cap);
  return Math.max(stepOf(failureKind(error).refusal ? REFUSED : TRANSIENT, before), Math.round(asked));
}

/** The pause after trouble that is nobody's own: 0.5, 1, then 2 s. */
export function transientLength(_error: unknown, before: number): number {
  return stepOf(TRANSIENT, before);
}

function stepOf(steps: readonly number[], before: number): number {
  const step = steps[Math.min(before, steps.length - 1)] ?? 0;
  return Math.round(step * (1 + JITTER * Math.random()));
}

function statusOf(error: unknown): number | undefined {
  return error instanceof TokenRequestError ? memberOf(error, 'response')?.status : undefined;
}
