/** The token endpoint's address (RFC 6749 §3.2). */

import { kindOf } from '../schema/kind-of.js';
import type { Place } from '../schema/place.js';
import { addressOf, ambiguousPath, unfitText } from './safe-url.js';

/** An absolute token endpoint has an origin, a path takes the token backend's. */
export interface TokenEndpoint {
  /** As configured. */
  readonly text: string;
  /** Canonical; absent for a path. */
  readonly origin?: string;
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
  return path === '' || path.startsWith('//') ? place.refuse(`must be ${expected}`) : { text: value };
}

/** Whether the absolute URL is the backend's origin + `path_prefix` itself or lies below it. */
export function liesBelow(url: string, { origin, pathPrefix }: { origin: string; pathPrefix: string }): boolean {
  const { origin: itsOrigin, pathname } = new URL(url);
  return itsOrigin === origin && (pathname === pathPrefix || pathname.startsWith(`${pathPrefix}/`));
}
