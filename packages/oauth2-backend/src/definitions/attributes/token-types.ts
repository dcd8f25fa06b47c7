/** The types of tokens by their identifiers (RFC 8693 §3). */

import { kindOf } from '../schema/kind-of.js';
import type { Place } from '../schema/place.js';

/** An OAuth 2.0 access token, whatever its form. */
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** A JWT (RFC 7519). */
export const JWT = 'urn:ietf:params:oauth:token-type:jwt';

const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i;

/** Reads the identifier of a token type: an absolute URI, of RFC 8693 or of the server's own. */
export function readTokenType(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string, not ${kindOf(value)}`);
  return ABSOLUTE_URI.test(value) ? value : place.refuse(`must be a URI such as "${ACCESS_TOKEN}" (RFC 8693 §3)`);
}
