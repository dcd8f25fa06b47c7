/** The attributes of a `jwt_signing_profile`: the one description that validation and documentation share. */

import type { JwtSigningProfile } from '../definition.js';
import type { ResolvedSigning, SigningKey } from '../resolved.js';
import type { Attribute, Block } from '../schema/attribute.js';
import { readDuration } from '../schema/duration.js';
import { readJsonObject } from '../schema/json-value.js';
import { isNamedMembers, kindOf } from '../schema/members.js';
import type { Place } from '../schema/place.js';
import { readPath } from '../schema/value-or-file.js';
import { choice, readObjectOrFunction, readSecretText } from '../schema/values.js';
import { SIGNATURE_ALGORITHMS } from '../signing-key.js';

type Material = Extract<SigningKey, { kind: 'inline' }>['material'];

/** The attributes of a `jwt_signing_profile`, by name, in the order of the documentation. */
export const signingAttributes = {
  signature_algorithm: {
    type: 'string',
    required: true,
    missing: `is missing: one of ${SIGNATURE_ALGORITHMS.join(', ')}`,
    summary:
      '`HS256`, `HS384` or `HS512` with `client_secret_jwt` or for an assertion; `RS256` to `RS512`, `PS256` to `PS512`, `ES256` to `ES512`, `EdDSA` or `Ed25519` with `private_key_jwt` or for an assertion',
    read: choice(...SIGNATURE_ALGORITHMS),
  },
  key: {
    type: 'string or object',
    summary:
      'a private key as PEM (PKCS#8, PKCS#1, SEC1) or JWK, RSA of at least 2048 bit; the secret for `HS*`. Not with `client_secret_jwt`, where the client secret is the key',
    read: readKey,
  },
  key_file: {
    type: 'path',
    summary: 'the file that holds it instead; looked at again for each token request',
    read: readPath,
  },
  ttl: {
    type: 'duration, at least 1s',
    required: true,
    summary: 'the life of an assertion; one of the client warns over 5 minutes and is refused over 1 hour',
    read: readTtl,
  },
  claims: {
    type: 'object or function',
    summary:
      "added to a client assertion, of whose own claims they may override `aud` only; or all claims of a jwt-bearer assertion but `exp`, by a function that gets the request's context",
    read: readObjectOrFunction<Extract<ResolvedSigning['claims'], (...of: never) => unknown>>,
  },
  headers: {
    type: 'object or function',
    summary: '`typ` (`JWT` unless given), `kid`, …; not `alg`, `b64`, `crit`',
    read: readHeaders,
  },
} satisfies Record<keyof JwtSigningProfile, Attribute>;

/** A `jwt_signing_profile` that was read. */
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
  const refused = ['alg', 'b64', 'crit'].filter((name) => Object.hasOwn(headers, name));
  for (const name of refused)
    place.at(name).refuse('cannot be set here: what is signed and how is not open to headers');
  return refused.length === 0 ? headers : undefined;
}

const SECOND = 1000;
