/** For how long an answer asks to be left alone. */

import { memberOf } from '../definitions/own-members.js';
import { TokenRequestError } from '../errors.js';

/** Header fields by lower-case name. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Seconds, or an instant, after which a 429 is over; servers without `Retry-After` have one of them. */
const RESETS = ['ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset'];

/**
 * Milliseconds from now: `Retry-After` (RFC 9110 §10.2.3; fractional seconds too), on a 429 without it the reset of a rate
 * limit - seconds, from 1e9 on epoch seconds, from 1e12 on epoch milliseconds. `undefined` where there is nothing of the sort.
 *
 * @param now milliseconds since the epoch
 */
export function retryDelay(headers: AnswerHeaders, status: number, now: number): number | undefined {
  const asked = parseRetryAfter(fieldOf(headers, 'retry-after'), now);
  if (asked !== undefined || status !== 429) return asked;
  return RESETS.map((name) => parseReset(fieldOf(headers, name), now)).find((delay) => delay !== undefined);
}

/** What the server asked for with this error, in milliseconds from then. */
export function retryAfterOf(error: unknown): number | undefined {
  return error instanceof TokenRequestError ? memberOf(error, 'retryAfter') : undefined;
}

function fieldOf(headers: AnswerHeaders, name: string): string {
  const field = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return (Array.isArray(field) ? field[0] : field)?.trim() ?? '';
}

function parseRetryAfter(text: string, now: number): number | undefined {
  if (SECONDS.test(text)) return Number(text) * 1000;
  const date = DATES.some((form) => form.test(text))
    ? Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
    : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function parseReset(text: string, now: number): number | undefined {
  if (!SECONDS.test(text)) return undefined;
  const number = Number(text);
  const delay = number < 1e9 ? number * 1000 : number < 1e12 ? number * 1000 - now : number - now;
  return delay > 0 ? delay : undefined;
}

const SECONDS = /^\d{1,15}(?:\.\d{1,15})?$/;
/** The three forms of RFC 9110 §5.6.7: what `Date.parse` makes of anything else is a guess. */
const DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];
