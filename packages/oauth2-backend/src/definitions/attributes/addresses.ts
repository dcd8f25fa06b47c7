/** Addresses in a configuration: origins, path prefixes, host names, the issuer, the token endpoint, user and password. */

import { kindOf } from '../schema/members.js';
import type { Place } from '../schema/place.js';
import { readSecretText } from '../schema/values.js';
import { pathProblem } from './path-problem.js';

const ORIGIN = /^https?:\/\/[^/?#@]+\/?$/i;

/** Reads `scheme://host[:port]` and gives it as `URL.origin` does; a slash behind it does not matter. */
export function readOrigin(value: unknown, place: Place): string | undefined {
  const expected = 'scheme://host[:port] such as "https://api.example.com"';
  if (typeof value !== 'string') return place.refuse(`must be ${expected}, not ${kindOf(value)}`);
  const unfit = unfitText(value);
  if (unfit !== undefined) return place.refuse(unfit);
  if (!ORIGIN.test(value)) {
    const path = /^https?:\/\/[^/?#@]+\/[^?#]/i.test(value) ? '; the path goes into "path_prefix"' : '';
    return place.refuse(`must be ${expected} with http or https, without user info, path, query and fragment${path}`);
  }
  return addressOf(value)?.origin ?? place.refuse(`must be ${expected}; host or port is not valid`);
}

/** Reads a path that starts with `/`; gives it as the URL parser writes it, without a slash at its end: `/v1`, or `''` for `/`. */
export function readPathPrefix(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a path such as "/v1", not ${kindOf(value)}`);
  const unfit = unfitText(value);
  if (unfit !== undefined) return place.refuse(unfit);
  if (!/^\/(?!\/)[^?#]*$/.test(value)) {
    return place.refuse('must be a path such as "/v1": one slash first, no query, no fragment');
  }
  const ambiguous = ambiguousPath(value);
  if (ambiguous !== undefined) return place.refuse(ambiguous);
  return new URL(`http://localhost${value}`).pathname.replace(/\/+$/, '');
}

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const HOST_NAME = new RegExp(`^(?=.{1,253}$)(?:${LABEL}\\.)*(?=[^.]*[a-z_])${LABEL}$`, 'i');

/** Reads a host name without port; no address, which a TLS server name must not be (RFC 6066 §3). Lower case. */
export function readHostname(value: unknown, place: Place): string | undefined {
  const expected = 'a host name such as "api.example.com"';
  if (typeof value !== 'string') return place.refuse(`must be ${expected}, not ${kindOf(value)}`);
  return HOST_NAME.test(value)
    ? value.toLowerCase()
    : place.refuse(`must be ${expected}: ASCII letters, digits, "-" and dots; no port, no address`);
}

/** Reads `user:pass`; either may be empty, as some services want it. */
export function readBasicAuth(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string "user:pass", not ${kindOf(value)}`);
  const text = readSecretText(value, place);
  if (text === undefined || (text.includes(':') && text !== ':')) return text;
  return place.refuse('must be "user:pass", with a colon between the two');
}

const ISSUER = /^https?:\/\/[^/?#@]+(?:\/[^?#]*)?$/i;

/** Reads an absolute URL without user info, query and fragment; it stays as it is, to the letter. */
export function readIssuer(value: unknown, place: Place): string | undefined {
  const expected = 'an absolute URL such as "https://as.example.com"';
  if (typeof value !== 'string') return place.refuse(`must be ${expected}, not ${kindOf(value)}`);
  const unfit = unfitText(value);
  if (unfit !== undefined) return place.refuse(unfit);
  if (ISSUER.test(value) && URL.canParse(value)) return value;
  return place.refuse(`must be ${expected}, without user info, query and fragment`);
}

/** The token endpoint's address (RFC 6749 §3.2): absolute, or a path below the token backend. */
export interface TokenEndpoint {
  /** As configured. */
  readonly text: string;
  /** Canonical; absent for a path. */
  readonly origin: string | undefined;
}

/** Reads an absolute URL, or a path below the token backend; without fragment and user info, its query is kept. */
export function readTokenEndpoint(value: unknown, place: Place): TokenEndpoint | undefined {
  const expected =
    'an absolute URL such as "https://as.example.com/token", or a path below the token backend such as "/token"';
  if (typeof value !== 'string') return place.refuse(`must be ${expected}, not ${kindOf(value)}`);
  const unfit = unfitText(value);
  if (unfit !== undefined) return place.refuse(unfit);
  const parts = /^(https?:\/\/[^/?#]+)?((?:\/[^?#]*)?)(?:\?[^#]*)?(#)?/i.exec(value);
  const [, authority, path = '', fragment] = parts ?? [];
  if (fragment !== undefined) return place.refuse('must not have a fragment');
  if (authority?.includes('@')) return place.refuse('must not hold user info');
  const ambiguous = ambiguousPath(path, ' of its path');
  if (ambiguous !== undefined) return place.refuse(ambiguous);
  if (authority !== undefined) {
    const address = addressOf(value);
    return address ? { text: value, origin: address.origin } : place.refuse(`must be ${expected}`);
  }
  return path === '' || path.startsWith('//')
    ? place.refuse(`must be ${expected}`)
    : { text: value, origin: undefined };
}

/** Whether the absolute URL is the backend's origin + `path_prefix` itself or lies below it. */
export function liesBelow(url: string, { origin, pathPrefix }: { origin: string; pathPrefix: string }): boolean {
  const { origin: itsOrigin, pathname } = new URL(url);
  return itsOrigin === origin && (pathname === pathPrefix || pathname.startsWith(`${pathPrefix}/`));
}

/** Whether the URL is plain http to another machine: not https, and not `localhost`, `*.localhost`, 127/8 or `[::1]`. */
export function isExposed(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol !== 'https:' && !/^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

// The URL parser drops tabs and newlines, trims spaces and takes `\` for `/`.
const REPAIRED = /[\p{Cc}\p{Cs}\p{Z}\\]/u;
const LONGEST = 2048;

/** Says what is wrong with the characters of a URL or path; `undefined` when nothing is. */
export function unfitText(text: string): string | undefined {
  if (text.length > LONGEST) return `must not be longer than ${LONGEST} characters`;
  return REPAIRED.test(text) ? 'must not hold spaces, control characters or backslashes' : undefined;
}

/** The URL; `undefined` when host or port is not valid: for Node's own client port 0 is the scheme's default port. */
export function addressOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.port === '0' ? undefined : url;
}

/** Says what an upstream could read in a path that is not there, by the rule that requests are judged with. */
function ambiguousPath(path: string, where = ''): string | undefined {
  const problem = pathProblem(path);
  if (problem === undefined) return undefined;
  const dots = `must not have "." or ".." as a segment${where}, encoded or not`;
  return problem.endsWith('segment') ? dots : 'must be percent-encoded once, as UTF-8';
}
