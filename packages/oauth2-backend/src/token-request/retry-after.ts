/** The `Retry-After` of an answer (RFC 9110 §10.2.3). */

import { TokenRequestError } from '../errors.js';

/** Milliseconds from now, or `undefined` for an absent or unreadable field. */
export function parseRetryAfter(field: string | readonly string[] | undefined, now: number): number | undefined {
  const text = (Array.isArray(field) ? field[0] : field)?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** What the server asked for with this error, in milliseconds from then. */
export function retryAfterOf(error: unknown): number | undefined {
  return error instanceof TokenRequestError ? error.retryAfter : undefined;
}
