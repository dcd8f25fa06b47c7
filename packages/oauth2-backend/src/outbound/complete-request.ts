/** The last changes to a request: what the inbound request lends, what the settings say of headers and query, the token. */

import type { IncomingMessage } from 'node:http';
import type { Bearer } from '../bearer/bearer.js';
import type { NamedValues, QueryModifiers } from '../definitions/resolved.js';
import type { AccessToken } from '../token.js';
import { encodeFormValue } from '../token-request/form-encoding.js';
import { applyHeaderModifiers } from './request-headers.js';
import type { ClientSettings } from './settings.js';

/** Completes headers whose names are lower case. Basic credentials of the backend give way to a caller's own. */
export function completeHeaders(
  headers: Record<string, string | string[]>,
  settings: ClientSettings,
  bearer: Pick<Bearer, 'field'>,
  token: AccessToken | undefined,
): void {
  const { hostname } = settings;
  lendHeaders(headers, settings.forwardHeaders, settings.context?.request);
  applyHeaderModifiers(headers, settings.headers);
  if (hostname !== undefined) headers['host'] = hostname;
  putCredentials(headers, settings, bearer, token);
}

/** Puts the token on, and the backend's own credentials where the caller has set none. Names are lower case. */
export function putCredentials(
  headers: Record<string, string | string[]>,
  { basicAuth }: ClientSettings,
  { field }: Pick<Bearer, 'field'>,
  token: AccessToken | undefined,
): void {
  if (token) headers[field.header] = field.prefix + token.value;
  // A backend has both only where the token is in another header.
  if (basicAuth !== undefined && !Object.hasOwn(headers, 'authorization'))
    headers['authorization'] = `Basic ${Buffer.from(basicAuth).toString('base64')}`;
}

/** Path and query with the query modified: remove, set, add, in this order. What they leave alone stays to the letter. */
export function completePath(path: string, { remove, set, add }: QueryModifiers): string {
  if (remove.length === 0 && set.length === 0 && add.length === 0) return path;
  const mark = path.includes('?') ? path.indexOf('?') : path.length;
  const bare = path.slice(0, mark);
  const query = path.slice(mark + 1);
  const gone = new Set([...remove, ...set.map(([name]) => name)]);
  const kept = query === '' ? [] : query.split('&').filter((pair) => !gone.has(nameOf(pair)));
  const pairs = [...kept, ...encoded(set), ...encoded(add)];
  return pairs.length === 0 ? bare : `${bare}?${pairs.join('&')}`;
}

function nameOf(pair: string): string {
  const name = (pair.split('=', 1)[0] ?? '').replaceAll('+', ' ');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function encoded(values: NamedValues): string[] {
  return values.flatMap(([name, list]) => list.map((value) => `${encodeFormValue(name)}=${encodeFormValue(value)}`));
}

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
