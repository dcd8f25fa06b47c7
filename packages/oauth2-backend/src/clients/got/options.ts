/** The options of a got call, checked once. */

import type { OptionsInit } from 'got';
import type { Bearer } from '../../bearer/bearer.js';
import { AuthorizationHeaderError, OriginError } from '../../errors.js';
import { assertOwnHeaders } from '../../outbound/request-headers.js';

/** They would take the token or the connection elsewhere, or keep one caller's answer for another. */
const REFUSED = [
  'prefixUrl',
  'request',
  'agent',
  'http2',
  'h2session',
  'https',
  'dnsLookup',
  'dnsCache',
  'createConnection',
  'enableUnixSockets',
  'cache',
] as const;
const CREDENTIALS = ['username', 'password'] as const;

/**
 * A copy of the options, free of what belongs to the backend; its redirects stay below it.
 *
 * @throws OriginError, AuthorizationHeaderError
 */
export function ownOptions<O extends OptionsInit>(options: O | undefined, bearer: Bearer): O {
  const copy = { ...options } as O;
  if (options === undefined) return copy;
  if ('_internals' in copy || typeof options === 'function') {
    throw new OriginError(`got's Options and instances are refused by "${bearer.name}": give a plain object`, {
      backend: bearer.name,
    });
  }
  for (const name of REFUSED) {
    if (copy[name] !== undefined)
      throw new OriginError(`"${name}" is refused per call: the connections of "${bearer.name}" are its own`, {
        backend: bearer.name,
      });
  }
  for (const name of CREDENTIALS) {
    if (copy[name] !== undefined)
      throw new AuthorizationHeaderError(`"${name}" is refused per call through "${bearer.name}"`, {
        backend: bearer.name,
      });
  }
  if (copy.isStream) throw new TypeError('isStream is refused: got.stream is the way');
  assertOwnHeaders(copy.headers, bearer);
  if (copy.followRedirect !== undefined) copy.followRedirect = followBelow(bearer, copy.followRedirect);
  return copy;
}

/** What got's functions may be called with. */
export type GotInput = string | URL | OptionsInit | undefined;

/** The target and the options of one call, checked. @throws OriginError, AuthorizationHeaderError */
export function readGotCall(
  input: GotInput,
  options: OptionsInit | undefined,
  bearer: Bearer,
): { href: string; own: OptionsInit } {
  const given = typeof input === 'object' && !(input instanceof URL) ? { ...input, ...options } : options;
  const { url, ...own } = ownOptions(given, bearer);
  const target = given === options ? (input ?? url) : url;
  return { href: bearer.target.resolve(target as string | URL).href, own };
}

/** The body that a call was given, also where its options are refused. */
export function bodyOf(input: GotInput, options: OptionsInit | undefined): unknown {
  return options?.body ?? (typeof input === 'object' && 'body' in input ? input.body : undefined);
}

type Wanted = NonNullable<OptionsInit['followRedirect']>;

/** Follows as is wanted, but only below the backend's origin and prefix; elsewhere the 3xx is the plain answer. */
export function followBelow(bearer: Bearer, wanted: Wanted): Extract<Wanted, (...args: never) => unknown> {
  return (response) => {
    const location = response.headers.location;
    if (location === undefined) return false;
    // As got reads it: the bytes of the field are UTF-8.
    const text = Buffer.from(location, 'binary').toString();
    if (!URL.canParse(text, response.url) || !bearer.target.allows(new URL(text, response.url))) return false;
    return typeof wanted === 'function' ? wanted(response) : wanted;
  };
}
