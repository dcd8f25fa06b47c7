/** What an inbound request lends of its headers to the requests that are made on its behalf. */

import type { IncomingMessage } from 'node:http';

/**
 * Adds the named headers of the inbound request to `headers`; all names are lower case. What the call has set stays, and so
 * does everything where there is no inbound request. Of a value that no header may hold nothing is added; several values
 * stay one list, as Node has joined them (RFC 9110 §5.3).
 */
export function lendHeaders(
  headers: Record<string, string | string[]>,
  names: readonly string[] = [],
  inbound: Pick<IncomingMessage, 'headers'> | undefined,
): void {
  if (!inbound) return;
  for (const name of names) {
    const lent = Object.hasOwn(inbound.headers, name) ? inbound.headers[name] : undefined;
    if (!isSet(headers, name) && typeof lent === 'string' && FIELD_VALUE.test(lent)) headers[name] = lent;
  }
}

const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

/** A client's own default is nobody's wish: fetch sets `accept`, `accept-language` and `user-agent`, got the latter. */
function isSet(headers: Readonly<Record<string, string | string[]>>, name: string): boolean {
  if (!Object.hasOwn(headers, name)) return false;
  const preset = Object.hasOwn(PRESET, name) ? PRESET[name] : undefined;
  return !preset?.test(String(headers[name]));
}

const PRESET: Readonly<Record<string, RegExp>> = {
  accept: /^\*\/\*$/,
  'accept-language': /^\*$/,
  'user-agent': /^(?:node|undici|got \(.*\))$/,
};
