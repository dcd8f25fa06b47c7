/** The attributes of a `jwt_signing_profile`: how each is read. What each means for users stands in `jwt-signing-profile.ts`. */

import type { JwtSigningProfile } from '../jwt-signing-profile.js';
import type { ResolvedSigning, SigningKey } from '../resolved-credentials.js';
import type { Attribute, Block } from '../schema/attribute.js';
import { readDuration } from '../schema/duration.js';
import { readJsonObject } from '../schema/json-value.js';
import { isNamedMembers, kindOf } from '../schema/members.js';
import type { Place } from '../schema/place.js';
import { readPath } from '../schema/value-or-file.js';
import { choice, readObjectOrFunction, readSecretText } from '../schema/values.js';
import { SIGNATURE_ALGORITHMS } from '../signing-key.js';

type Material = Extract<SigningKey, { kind: 'inline' }>['material'];

/** By name, in the order of the documentation. */
export const signingAttributes = {
  signature_algorithm: {
    required: `one of ${SIGNATURE_ALGORITHMS.join(', ')}`,
    read: choice(...SIGNATURE_ALGORITHMS),
  },
  key: { read: readKey },
  key_file: { read: readPath },
  key_passphrase: { read: readSecretText },
  key_passphrase_file: { read: readPath },
  certificate_file: { read: readPath },
  ttl: { required: 'duration, at least 1s', read: readTtl },
  claims: { read: readObjectOrFunction<Extract<ResolvedSigning['claims'], (...of: never) => unknown>> },
  headers: { read: readHeaders },
} satisfies Record<keyof JwtSigningProfile, Attribute>;

export type SigningBlock = Block<typeof signingAttributes>;

function readKey(value: unknown, place: Place): Material | undefined {
  if (typeof value === 'string') return value === '' ? readSecretText(value, place) : value;
  if (isNamedMembers(value)) return readJsonObject(value, place);
  return place.refuse(`must be a string or a JWK as an object, not ${kindOf(value)}`);
}

/** Gives seconds, whole ones, rounded up. */
function readTtl(value: unknown, place: Place): number | undefined {
  const milliseconds = readDuration(value, place);
  if (milliseconds === undefined) return undefined;
  return milliseconds < SECOND ? place.refuse('must be at least "1s"') : Math.ceil(milliseconds / SECOND);
}

function readHeaders(value: unknown, place: Place): ResolvedSigning['headers'] | undefined {
  const headers = readObjectOrFunction<Extract<ResolvedSigning['headers'], (...of: never) => unknown>>(value, place);
  if (typeof headers !== 'object') return headers;
  const invalid = ['alg', 'b64', 'crit'].filter((name) => Object.hasOwn(headers, name));
  for (const name of invalid)
    place.at(name).refuse('cannot be set here: what is signed and how is not open to headers');
  return invalid.length === 0 ? headers : undefined;
}

const SECOND = 1000;
