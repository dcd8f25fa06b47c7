/** The pause after a failed renewal: nobody hammers a server that is down or has refused. */

import type { Clock } from '../clock.js';
import { TokenRequestError } from '../errors.js';
import { retryAfterOf } from '../token-request/retry-after.js';
import { failureKind } from './failure.js';

const TRANSIENT = [1_000, 2_000, 4_000, 5_000];
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

/** A pause that grows with each failure in a row; `Retry-After` is obeyed when longer, up to a cap (RFC 9110 §10.2.3). */
export function pause(clock: Clock): Pause {
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

function lengthOf(error: unknown, failures: number): number {
  const steps = failureKind(error).refusal ? REFUSED : TRANSIENT;
  const step = steps[Math.min(failures, steps.length - 1)] ?? 0;
  const cap = statusOf(error) === 429 ? MAX_RETRY_AFTER_429 : MAX_RETRY_AFTER;
  const asked = Math.min(retryAfterOf(error) ?? 0, cap);
  return Math.round(Math.max(step * (1 + JITTER * Math.random()), asked));
}

function statusOf(error: unknown): number | undefined {
  return error instanceof TokenRequestError ? error.response?.status : undefined;
}

/** The pause of a token backend, which lets each request through or not. */
export interface SharedPause extends Pause {
  /**
   * Lets a request through, and gives what to call when the renewal is over: always while nothing is wrong; after a failure
   * one at a time. The others get a promise to wait for, and ask again.
   */
  enter(): (() => void) | Promise<void>;
  /** A request failed as if the network or gateway had stumbled; worth another attempt, unless several have done so. */
  stumbled(): void;
  /** Whether so many requests in a row have stumbled that it is no stumble. */
  down(): boolean;
}

const MAX_STUMBLES = 3;

/** To be made once for each token backend. */
export function sharedPause(clock: Clock): SharedPause {
  const pausing = pause(clock);
  let trial: Promise<void> | undefined;
  let stumbles = 0;

  return {
    ...pausing,
    succeeded(began) {
      stumbles = 0;
      pausing.succeeded(began);
    },
    enter() {
      if (trial) return trial;
      return pausing.last() ? tryAlone() : () => {};
    },
    stumbled() {
      stumbles += 1;
    },
    down: () => stumbles >= MAX_STUMBLES,
  };

  function tryAlone(): () => void {
    let end = () => {};
    trial = new Promise((resolve) => {
      end = () => {
        trial = undefined;
        resolve();
      };
    });
    return end;
  }
}
