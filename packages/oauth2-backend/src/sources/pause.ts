/** The pause after a failed renewal: nobody hammers a server that is down or has refused. */

import type { Clock } from '../clock.js';
import { retryAfterOf } from '../token-endpoint/retry-after.js';
import { failureKind } from './failure.js';

const TRANSIENT = [1_000, 2_000, 4_000, 5_000];
const REFUSED = [5_000, 10_000, 20_000, 30_000];
const JITTER = 0.15;
const MAX_RETRY_AFTER = 60_000;
const MAX_RETRY_AFTER_429 = 300_000;

/** Remembers the last failure while its pause lasts. */
export interface Pause {
  /** The remembered failure while the pause is on. */
  active(): { readonly error: unknown } | undefined;
  /** The last failure since the last success, pause or no pause. */
  last(): { readonly error: unknown; readonly at: number; readonly retryAt: number } | undefined;
  failed(error: unknown): void;
  succeeded(): void;
}

/** A pause that grows with each failure in a row; `Retry-After` is obeyed when longer, up to a cap (RFC 9110 §10.2.3). */
export function pause(options: { clock: Clock; random?: () => number }): Pause {
  const { clock, random = Math.random } = options;
  let failures = 0;
  let last: { error: unknown; at: number; retryAt: number; until: number } | undefined;

  return {
    active: () => (last !== undefined && clock.monotonic() < last.until ? last : undefined),
    last: () => last,
    failed(error) {
      const length = lengthOf(error, failures++, random());
      const at = clock.now();
      last = { error, at, retryAt: at + length, until: clock.monotonic() + length };
    },
    succeeded() {
      failures = 0;
      last = undefined;
    },
  };
}

function lengthOf(error: unknown, failures: number, random: number): number {
  const steps = failureKind(error).refusal ? REFUSED : TRANSIENT;
  const step = steps[Math.min(failures, steps.length - 1)] ?? 0;
  const cap = statusOf(error) === 429 ? MAX_RETRY_AFTER_429 : MAX_RETRY_AFTER;
  const asked = Math.min(retryAfterOf(error) ?? 0, cap);
  return Math.max(step * (1 + JITTER * random), asked);
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'response' in error
    ? (error.response as { status?: number } | undefined)?.status
    : undefined;
}
