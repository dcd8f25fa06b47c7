/** The options of a got call, checked once. */

import type { Got, OptionsInit } from 'got';
import type { Bearer } from '../../bearer/bearer.js';
import { foreignNames, memberOf, ownMembers } from '../../definitions/own-members.js';
import { isPlainObject } from '../../definitions/schema/members.js';
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

/** What got reads of its headers to tell what it has to set; it would send something else. */
const READ_OF_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'content-length',
  'content-type',
  'cookie',
  'transfer-encoding',
]);

/**
 * A copy of the options without a prototype, free of what belongs to the backend; its redirects stay below it.
 *
 * @throws OriginError, AuthorizationHeaderError
 */
export function ownOptions<O extends OptionsInit>(options: O | undefined, bearer: Bearer): O {
  for (const name of foreignNames()) {
    if (READ_OF_HEADERS.has(name)) {
      throw new OriginError(`Object.prototype has a member "${name}", which got takes for a header of each request`, {
        backend: bearer.name,
      });
    }
  }
  const copy = ownMembers({ ...options } as O);
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
  const own = ownOptions(given, bearer);
  const { url } = own;
  delete own.url;
  const target = given === options ? (input ?? url) : url;
  return { href: bearer.target.resolve(target as string | URL).href, own };
}

/** The body that a call was given, also where its options are refused. */
export function bodyOf(input: GotInput, options: OptionsInit | undefined): unknown {
  const given = options ?? input;
  return typeof given === 'object' && !(given instanceof URL) ? memberOf(given, 'body') : undefined;
}

/** Plain objects that got walks through. */
const WALKED = ['searchParams', 'timeout', 'retry', 'hooks', 'pagination', 'cacheOptions'] as const;

/**
 * The options as got may walk through them: it takes a member that somebody put on `Object.prototype` for one of the call's.
 *
 * @param defaults what holds where the call says nothing
 */
export function walkable<O extends OptionsInit>(options: O, defaults: Got['defaults']['options']): O {
  const foreign = foreignNames();
  if (foreign.length === 0) return options;
  const masked: O = { ...maskOf(foreign, {}), ...options };
  for (const name of WALKED) {
    const value: unknown = masked[name];
    // Defaults that were frozen have no way to tell their search parameters.
    const known = name === 'searchParams' ? {} : defaults[name];
    if (isPlainObject(value)) masked[name] = { ...maskOf(foreign, known), ...value } as never;
  }
  return masked;
}

function maskOf(names: readonly string[], defaults: object): object {
  const own = ownMembers(defaults) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.map((name) => [name, own[name]]));
}

type Wanted = NonNullable<OptionsInit['followRedirect']>;

/** Follows as is wanted, but only below the backend's origin and prefix; elsewhere the 3xx is the plain answer. */
export function followBelow(bearer: Bearer, wanted: Wanted): Extract<Wanted, (...args: never) => unknown> {
  return (response) => {
    const location = memberOf(response.headers, 'location');
    if (location === undefined) return false;
    // As got reads it: the bytes of the field are UTF-8.
    const text = Buffer.from(location, 'binary').toString();
    if (!URL.canParse(text, response.url) || !bearer.target.allows(new URL(text, response.url))) return false;
    return typeof wanted === 'function' ? wanted(response) : wanted;
  };
}
