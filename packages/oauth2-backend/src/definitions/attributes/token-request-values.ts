/** What a token request asks for, and when: scope, further form parameters, how long before its end a token is renewed. */

import { ownMembers } from '../own-members.js';
import type { ResolvedOAuth2 } from '../resolved.js';
import { parseDuration } from '../schema/duration.js';
import { kindOf } from '../schema/members.js';
import { type NamedValue, namedValues } from '../schema/named-values.js';
import type { Place } from '../schema/place.js';
import { arrayOf, readText } from '../schema/values.js';

// What must not occur: a pattern of what must would need one stack frame a token.
const UNFIT = /[^\x20\x21\x23-\x5b\x5d-\x7e]|^ | $| {2}/;

/** Reads scope tokens separated by single spaces (RFC 6749 App. A.4); an empty string is no scope. */
export function readScope(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string, not ${kindOf(value)}`);
  if (!UNFIT.test(value)) return value;
  return place.refuse(
    'must be scope tokens separated by single spaces, of ASCII characters without quotes, backslashes and controls',
  );
}

/** Reads one scope token (RFC 6749 App. A.4). */
export function readScopeToken(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string, not ${kindOf(value)}`);
  if (value !== '' && !value.includes(' ') && !UNFIT.test(value)) return value;
  return place.refuse('must be one scope token, of ASCII characters without spaces, quotes, backslashes and controls');
}

/** Reads parameters that the client does not set itself, none of them empty (OAuth 2.1 §3.2). */
export const readParams = namedValues({ name: readName, value: readText });

// Compared in lower case: some servers do not tell `Scope` from `scope`.
const OWN = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'assertion',
  'refresh_token',
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
  'requested_token_type',
  'username',
  'password',
  'code',
  'code_verifier',
  'redirect_uri',
]);

function readName(name: string, place: Place): string | undefined {
  const lower = name.toLowerCase();
  if (lower === 'scope') return place.refuse('must be given as the attribute "scope"');
  if (OWN.has(lower)) return place.refuse('is set by the client itself and cannot be a further parameter');
  if (name === '') return place.refuse('a parameter needs a name');
  return readText(name, place);
}

/** Whether a parameter is a `resource` that is no absolute URI without fragment (RFC 8707 §2): some servers want other text. */
export function isOddResource({ name, values }: NamedValue): boolean {
  return name === 'resource' && !values.every((text) => /^[a-z][a-z0-9+.-]*:[^#\s]+$/i.test(text));
}

/** Reads further names of the token type Bearer; they come out in lower case. */
export const readBearerTokenTypes = arrayOf(readBearerTokenType, 'token type');

/** Token types, in lower case, that are never sent as Bearer: they need a proof beside, or are no access tokens (RFC 9449, RFC 8693 §2.2.1). */
export const OTHER_TOKEN_TYPES: ReadonlySet<string> = new Set(['dpop', 'mac', 'pop', 'n_a']);

function readBearerTokenType(value: unknown, place: Place): string | undefined {
  const type = readText(value, place)?.trim().toLowerCase();
  if (type === '') return place.refuse('is empty');
  return type !== undefined && OTHER_TOKEN_TYPES.has(type)
    ? place.refuse('is a type that is not sent as Bearer')
    : type;
}

const PERCENT = /^(\d{1,2}(?:\.\d{1,9})?)%$/;
const MOST = 90;

/** Reads `"25%"` (more than 0, at most 90 %) or a duration of more than 0. */
export function readRenewalThreshold(value: unknown, place: Place): ResolvedOAuth2['renewBefore'] | undefined {
  const expected = `a part of the token's life such as "25%" (more than 0, at most ${MOST}%), or a duration such as "30s"`;
  if (typeof value !== 'string') return place.refuse(`must be ${expected}, not ${kindOf(value)}`);
  const percent = Number(PERCENT.exec(value)?.[1] ?? 0);
  if (percent > 0 && percent <= MOST) return Object.freeze(ownMembers({ fraction: percent / 100 }));
  const milliseconds = parseDuration(value) ?? 0;
  return milliseconds > 0 ? Object.freeze(ownMembers({ milliseconds })) : place.refuse(`must be ${expected}`);
}
