/** The attributes that only a token exchange has (RFC 8693): a part of those of an `oauth2` block. */

import type { GRANTS, TOKEN_EXCHANGE } from '../grant-types.js';
import type { ContextFunction } from '../resolved-credentials.js';
import type { Attribute } from '../schema/attribute.js';
import { kindOf } from '../schema/members.js';
import type { Place } from '../schema/place.js';
import { readPath } from '../schema/value-or-file.js';
import { readFunction, readSwitch, readTextOrFunction } from '../schema/values.js';

/** An OAuth 2.0 access token, whatever its form. */
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** A JWT (RFC 7519). */
export const JWT = 'urn:ietf:params:oauth:token-type:jwt';

/** By name, in the order of the documentation. */
export const exchangeAttributes = {
  subject_token: { read: readFunction<ContextFunction<unknown>> },
  subject_token_type: { default: ACCESS_TOKEN, read: readTokenType },
  require_verified_subject: { default: false, read: readSwitch },
  actor_token: { read: readTextOrFunction<ContextFunction<string>> },
  actor_token_file: { read: readPath },
  actor_token_type: { read: readTokenType },
  requested_token_type: { read: readTokenType },
} satisfies Record<Exclude<(typeof GRANTS)[typeof TOKEN_EXCHANGE]['own'][number], 'subject'>, Attribute>;

const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i;

/** An absolute URI, of RFC 8693 or of the server's own. */
function readTokenType(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string, not ${kindOf(value)}`);
  return ABSOLUTE_URI.test(value) ? value : place.refuse(`must be a URI such as "${ACCESS_TOKEN}" (RFC 8693 §3)`);
}
