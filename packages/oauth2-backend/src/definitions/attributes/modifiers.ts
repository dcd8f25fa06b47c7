/** What may be changed on a request's headers and query, which headers it carries on, and which one has the token. */

import { entriesOf, kindOf } from '../schema/members.js';
import { type NamedValue, namedValues } from '../schema/named-values.js';
import type { Place } from '../schema/place.js';
import { isFieldValue, isToken } from '../schema/values.js';

/** Reads headers with their values; names come out in lower case. */
export const readHeaders = namedValues({ name: readFieldName, value: readFieldValue, functions: true });

/** Reads an array of header names; they come out in lower case, each once. */
export function readHeaderNames(value: unknown, place: Place): readonly NamedValue[] | undefined {
  const found = new Map<string, NamedValue>();
  for (const entry of entriesOf(value, place) ?? []) {
    const name = readFieldName(entry.value, entry.place);
    if (name !== undefined) found.set(name, { name, values: [], place: entry.place });
  }
  return [...found.values()];
}

// Credentials; the message's own framing and coding, which is another for each message; what only the client can promise.
const OWN =
  /^(?:dpop|set-cookie2?|cookie2?|proxy-.*|content-.*|transfer-.*|http2-settings|accept-encoding|expect|sec-websocket-.*)$/;
// got and fetch set them themselves.
const CLIENTS = /^(?:user-agent|accept|accept-language|sec-fetch-.*)$/;
const CREDENTIAL =
  /authorization|authenticate|cookie|password|secret|credential|api-?key|(?:auth|access|id|refresh|session)-token/;

/** Reads an array of header names; they come out in lower case, each once. */
export function readForwardHeaders(value: unknown, place: Place): readonly string[] {
  const found = new Set<string>();
  for (const entry of entriesOf(value, place) ?? []) {
    const name = readFieldName(entry.value, entry.place);
    if (name === undefined) continue;
    if (OWN.test(name) || CREDENTIAL.test(name))
      entry.place.refuse('is never carried on: credentials, framing and coding are of one message');
    else found.add(name);
  }
  return Object.freeze([...found]);
}

// The connection's own (RFC 9110 §7.6.1), and what says whose message it is and where it ends.
const CONNECTION = new Set([
  'host',
  'content-length',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Reads the name of a header that is not the connection's own; it comes out in lower case. */
function readFieldName(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a header name, not ${kindOf(value)}`);
  if (!isToken(value)) return place.refuse('is no valid header name (RFC 9110 §5.1)');
  const name = value.toLowerCase();
  return CONNECTION.has(name) ? place.refuse('belongs to the connection and cannot be changed here') : name;
}

/** Reads the name of the header that carries the token; it comes out in lower case. */
export function readTokenHeader(value: unknown, place: Place): string | undefined {
  const name = readFieldName(value, place);
  return name !== undefined && (OWN.test(name) || CLIENTS.test(name) || name === '__proto__')
    ? place.refuse('cannot carry a token: it has a meaning of its own')
    : name;
}

/** Reads what stands before the token; white space ahead of it would be lost. */
export function readTokenPrefix(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string, not ${kindOf(value)}`);
  if (/^(?:[\x21-\x7e][\x20-\x7e]*)?$/.test(value)) return value;
  return place.refuse('must be ASCII characters without controls, none or no space first');
}

function readFieldValue(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string, not ${kindOf(value)}`);
  if (isFieldValue(value)) return value;
  return place.refuse('is no valid header value: no control characters, nothing beyond Latin-1 (RFC 9110 §5.5)');
}

/** Reads query parameters with their values; they are encoded when they are sent. */
export const readQueryParams = namedValues({ name: readName, value: readValue, functions: true });

/** Reads an array of names of query parameters. */
export function readQueryNames(value: unknown, place: Place): readonly string[] | undefined {
  const names = entriesOf(value, place)?.map((entry) => readName(entry.value, entry.place));
  return names && [...new Set(names.filter((name) => name !== undefined))];
}

function readName(value: unknown, place: Place): string | undefined {
  return value === '' ? place.refuse('a parameter needs a name') : readValue(value, place);
}

// Half of a surrogate pair has no UTF-8 form.
const UNSENDABLE = /\p{Cs}/u;

function readValue(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string, not ${kindOf(value)}`);
  return UNSENDABLE.test(value) ? place.refuse('must not hold halves of surrogate pairs') : value;
}
