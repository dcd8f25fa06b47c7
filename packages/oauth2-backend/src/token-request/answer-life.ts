/** How long the token of an answer lives (RFC 6749 §5.1: `expires_in`, seconds). */

import type { Remark } from './remarks.js';

/** What an answer is read with that does not say it well. */
export interface DefaultLife {
  /** Milliseconds. */
  readonly defaultTtl: number;
  /** Whether `default_ttl` was configured: then an answer's 0 says nothing. */
  readonly explicitTtl: boolean;
}

/**
 * Milliseconds: `default_ttl` where the answer names none, is empty or negative; `undefined` for what is no number of seconds.
 * At least PayPal and older Azure endpoints give the seconds as a string.
 */
export function answerLife(
  given: unknown,
  { defaultTtl, explicitTtl }: DefaultLife,
  remark: Remark,
): number | undefined {
  if (given === undefined || given === null) return defaultTtl;
  const seconds = typeof given === 'string' && /^-?\d+(?:\.\d+)?$/.test(given) ? Number(given) : given;
  if (seconds === '' || (typeof seconds === 'number' && seconds < 0)) {
    remark('expires_in', 'the token endpoint answers with an expires_in that is empty or negative: default_ttl counts');
    return defaultTtl;
  }
  if (typeof seconds !== 'number' || !Number.isFinite(seconds * 1000)) return undefined;
  if (seconds > 0) return seconds * 1000;
  if (explicitTtl) return defaultTtl;
  remark(
    'expires_in 0',
    'the token endpoint answers with expires_in 0: no token is kept, each call asks for one; "default_ttl" says how long they live',
  );
  return 0;
}
