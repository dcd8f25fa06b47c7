/** Further form parameters of the token request. */

import { namedValues } from '../schema/named-values.js';
import type { Place } from '../schema/place.js';
import { readText } from '../schema/values.js';

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

const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:[^#\s]+$/i;

/** Reads parameters that the client does not set itself, none of them empty (OAuth 2.1 §3.2). */
export const readParams = namedValues({ name: readName, value: readValue });

function readName(name: string, place: Place): string | undefined {
  const lower = name.toLowerCase();
  if (lower === 'scope') return place.refuse('must be given as the attribute "scope"');
  if (OWN.has(lower)) return place.refuse('is set by the client itself and cannot be a further parameter');
  if (name === '') return place.refuse('a parameter needs a name');
  return readText(name, place);
}

function readValue(value: unknown, place: Place, name: string): string | undefined {
  const text = readText(value, place);
  if (text === undefined || name !== 'resource' || ABSOLUTE_URI.test(text)) return text;
  return place.refuse('must be an absolute URI without fragment (RFC 8707 §2)');
}
