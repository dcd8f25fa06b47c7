/** From a `jwt_signing_profile` that was read to what it means, given whose assertions it makes. */

import type { SigningBlock } from '../attributes/signing.js';
import type { ResolvedSigning } from '../resolved.js';
import type { Place } from '../schema/place.js';
import { isShared, judgeClientSecret, type KeyOptions, keyOf } from './signing-material.js';

/** Whose assertions a profile makes. */
export interface SigningRole extends KeyOptions {
  /** The client's authentication; absent for the assertion of jwt-bearer. */
  readonly method: 'client_secret_jwt' | 'private_key_jwt' | undefined;
}

const WARNED_TTL = 300;
const MOST_TTL = 3600;
const OWN_CLAIMS = ['iss', 'sub', 'iat', 'exp', 'jti'];

/** Gives the resolved profile, or `undefined` when it is not valid; reports what does not fit together. */
export function resolveProfile(block: SigningBlock, role: SigningRole): ResolvedSigning | undefined {
  const { signature_algorithm: algorithm, ttl, claims, headers } = block.values;
  const fitting = judgeAlgorithm(block, role) ? algorithm : undefined;
  if (role.method === 'client_secret_jwt') judgeClientSecret(block, fitting, role);
  const key = role.method === 'client_secret_jwt' ? undefined : keyOf(block, fitting, role);
  if (ttl !== undefined && role.method) judgeTtl(block.place.at('ttl'), ttl, role.warnings);
  if (typeof claims === 'object') judgeClaims(block.place.at('claims'), claims, role);
  if (!fitting || ttl === undefined) return undefined;
  return Object.freeze({
    algorithm: fitting,
    ...(key && { key }),
    ttl,
    claims: claims ?? Object.freeze({}),
    headers: headers ?? Object.freeze({}),
  });
}

/** OpenID Connect Core §9: one method is for shared secrets, the other for key pairs. */
function judgeAlgorithm({ place, values }: SigningBlock, { method }: SigningRole): boolean {
  const { signature_algorithm: algorithm } = values;
  if (algorithm === undefined) return false;
  const shared = isShared(algorithm);
  const here = place.at('signature_algorithm');
  if (method === 'client_secret_jwt' && !shared) here.refuse('must be HS256, HS384 or HS512 with "client_secret_jwt"');
  else if (method === 'private_key_jwt' && shared) here.refuse('must not be HS* with "private_key_jwt"');
  else return true;
  return false;
}

function judgeTtl(place: Place, ttl: number, warnings: string[]): void {
  if (ttl > MOST_TTL) place.refuse('must be at most "1h" for a client assertion');
  else if (ttl > WARNED_TTL) warnings.push(`${place.path}: a client assertion should not live longer than 5 minutes`);
}

function judgeClaims(place: Place, claims: Readonly<Record<string, unknown>>, { method }: SigningRole): void {
  if (!method) {
    if (Object.hasOwn(claims, 'exp')) place.at('exp').refuse('is set by "ttl"');
    return;
  }
  for (const name of OWN_CLAIMS.filter((each) => Object.hasOwn(claims, each))) {
    place.at(name).refuse('is set by the client itself in a client assertion');
  }
  const { aud } = claims;
  const audiences = Array.isArray(aud) && aud.length > 0 ? aud : [aud];
  if (Object.hasOwn(claims, 'aud') && !audiences.every((each) => typeof each === 'string' && each !== '')) {
    place.at('aud').refuse('must be a string or an array of strings, none of them empty');
  }
}
