/** The headers and trailers of a backend's answer as they are given back. */

import { STATUS_CODES } from 'node:http';
import { isFieldValue, isToken } from '../../definitions/schema/values.js';
import { dropNamed, HOP_BY_HOP } from './hop-by-hop.js';
import { addHeader } from './inbound-message.js';
import type { ResolvedForwardOptions } from './options.js';
import { isWithheldAnswer } from './withheld-answer-headers.js';

/** As undici gives them: names and values in turn. */
export type RawHeaders = readonly (Buffer | string | readonly (Buffer | string)[])[];

type ReturnRules = Pick<ResolvedForwardOptions, 'passSetCookie' | 'passCookies' | 'passChallenges' | 'passHeaders'>;

/** End-to-end headers, names in lower case, without those that the application has not asked for. */
export function returnedHeaders(raw: RawHeaders, rules: ReturnRules): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = Object.create(null);
  let connection: string | undefined;
  eachHeader(raw, (name, value) => {
    if (name === 'connection') connection = joined(connection, value);
    else if (!staysHere(name, rules)) addHeader(headers, name, value);
  });
  dropNamed(headers, connection);
  return headers;
}

const joined = (before: string | undefined, value: string) => (before === undefined ? value : `${before},${value}`);

function staysHere(name: string, { passSetCookie, passCookies, passChallenges, passHeaders }: ReturnRules): boolean {
  if (name === 'set-cookie') return !passSetCookie && !passCookies;
  if (name === 'www-authenticate') return !passChallenges;
  return HOP_BY_HOP.has(name) || (isWithheldAnswer(name) && !passHeaders.includes(name));
}

/** The reason phrase to send with a status; the standard one where Node cannot write the backend's. */
export function returnedPhrase(status: number, decoded: string | undefined): string {
  const standard = STATUS_CODES[status] ?? '';
  if (!decoded || decoded === standard || decoded.includes('\ufffd')) return standard;
  // undici decodes the bytes as UTF-8; Node writes one byte a character.
  const phrase = Buffer.from(decoded).toString('latin1');
  return isFieldValue(phrase) ? phrase : standard;
}

/** The challenges of a 401. */
export function challengesOf(raw: RawHeaders): string[] {
  const challenges: string[] = [];
  eachHeader(raw, (name, value) => {
    if (name === 'www-authenticate') challenges.push(value);
  });
  return challenges;
}

/** Trailers that may be sent on: none that stays here as a header, or that would change how the message is read (RFC 9110 §6.5.1). */
export function returnedTrailers(raw: RawHeaders, rules: ReturnRules, answer: TrailedAnswer): void {
  const { raw: head, trailers } = answer;
  eachHeader(raw, (name, value) => {
    if (NO_TRAILER.has(name) || staysHere(name, rules)) return;
    // Node throws for others, when nobody can catch it any more.
    if (isToken(name) && isFieldValue(value)) addHeader(trailers, name, value);
  });
  let connection: string | undefined;
  eachHeader(head, (name, value) => {
    if (name === 'connection') connection = joined(connection, value);
  });
  dropNamed(trailers, connection);
}

/** An answer whose head has come, and the trailers that its client gets. */
interface TrailedAnswer {
  readonly raw: RawHeaders;
  readonly trailers: Record<string, string | string[]>;
}

const NO_TRAILER: ReadonlySet<string> = new Set([
  'authorization',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'host',
  'location',
  'set-cookie',
  'trailer',
  'www-authenticate',
]);

/** Calls with each header, the name in lower case, the value one byte a character. */
export function eachHeader(raw: RawHeaders, see: (name: string, value: string) => void): void {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = text(raw[index] as Buffer | string).toLowerCase();
    const value = raw[index + 1] as RawHeaders[number];
    // A dispatcher that is composed of several may give a list of values.
    if (Array.isArray(value)) for (const one of value) see(name, text(one));
    else see(name, text(value as Buffer | string));
  }
}

/** One byte a character, as Node writes them again. */
function text(value: Buffer | string): string {
  return typeof value === 'string' ? value : value.toString('latin1');
}
