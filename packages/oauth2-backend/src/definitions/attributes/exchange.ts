/** The attributes that only a token exchange has (RFC 8693): a part of the description of an `oauth2` block. */

import type { OAuth2Definition } from '../definition.js';
import type { ContextFunction } from '../resolved.js';
import type { Attribute } from '../schema/attribute.js';
import { kindOf } from '../schema/members.js';
import type { Place } from '../schema/place.js';
import { readPath } from '../schema/value-or-file.js';
import { readFunction, readSwitch, readTextOrFunction } from '../schema/values.js';

/** An OAuth 2.0 access token, whatever its form. */
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** A JWT (RFC 7519). */
export const JWT = 'urn:ietf:params:oauth:token-type:jwt';

/** The attributes of grant token-exchange, by name, in the order of the documentation. */
export const exchangeAttributes = {
  subject_token: {
    type: 'function',
    summary:
      "for grant token-exchange only: gives, of the request's context, the user's token, or what its verification gave, `{ token, payload }`; else the inbound request's bearer token",
    read: readFunction<ContextFunction<unknown>>,
  },
  subject_token_type: {
    type: 'URI',
    default: ACCESS_TOKEN,
    summary: "what the user's token is; `urn:ietf:params:oauth:token-type:jwt`, `…:id_token`, …",
    read: readTokenType,
  },
  require_verified_subject: {
    type: 'boolean',
    default: false,
    summary:
      'takes nothing but what a verification gave, `{ token, payload }`: the header of the inbound request is not used, a string is refused',
    read: readSwitch,
  },
  actor_token: {
    type: 'string or function',
    summary:
      "who acts for the user, where the server wants to know; a function, async or not, makes it of the request's context",
    read: readTextOrFunction<ContextFunction<string>>,
  },
  actor_token_file: {
    type: 'path',
    summary: 'the file that holds it instead, like `client_secret_file`',
    read: readPath,
  },
  actor_token_type: {
    type: 'URI',
    summary: "what the actor's token is; both or neither",
    read: readTokenType,
  },
  requested_token_type: {
    type: 'URI',
    summary: 'what is asked for; the answer must be that. Without it, an access token or a JWT',
    read: readTokenType,
  },
} satisfies Partial<Record<keyof OAuth2Definition, Attribute>>;

const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i;

/** An absolute URI, of RFC 8693 or of the server's own. */
function readTokenType(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string, not ${kindOf(value)}`);
  return ABSOLUTE_URI.test(value) ? value : place.refuse(`must be a URI such as "${ACCESS_TOKEN}" (RFC 8693 §3)`);
}
