/** Whose assertions a `jwt_signing_profile` makes: the client's, those of jwt-bearer, or none. */

import type { OAuth2Block } from '../attributes/blocks.js';
import type { SigningBlock } from '../attributes/signing.js';
import { CLIENT_AUTH_METHODS, type MethodTraits } from '../client-auth-methods.js';
import { ownMembers } from '../own-members.js';
import type { ResolvedOAuth2 } from '../resolved.js';
import type { ResolvedSigning } from '../resolved-credentials.js';
import { attributeOf } from '../schema/attribute.js';
import type { Place } from '../schema/place.js';
import { type ClientAuthentication, clientAuthMethod } from './client-authentication.js';
import { makesAssertion } from './grant.js';
import { isShared, judgeClientSecret, type KeyOptions, keyOf } from './signing-key.js';

type Signing = Pick<ResolvedOAuth2, 'signing' | 'signingFor'>;

/** Gives the profile's meaning, nothing where none is needed, or `undefined` when it is not valid. */
export function signingOf(
  block: OAuth2Block,
  client: ClientAuthentication | undefined,
  warnings: string[],
): Signing | undefined {
  const profile = attributeOf(block, 'jwt_signing_profile');
  const method = clientAuthMethod(block);
  const signsWith = method && CLIENT_AUTH_METHODS[method].signsWith;
  const byClient = signsWith !== undefined;
  if (block.invalid.has('token_endpoint_auth_method')) return undefined;
  if (!byClient && !makesAssertion(block)) {
    if (!profile.given) return {};
    if (block.values.grant_type === undefined) return undefined;
    return profile.place.refuse('does nothing here: no client assertion is asked for, nor one of jwt-bearer missing');
  }
  if (byClient && makesAssertion(block) && !block.replaced) {
    block.place.at('assertion').refuse(`is missing: the "jwt_signing_profile" belongs to "${method}" here`);
  }
  if (!profile.given) {
    if (byClient) return profile.place.refuse(`is missing: "${method}" signs with it`);
    if (block.replaced) return {};
    return block.place
      .at('assertion')
      .refuse('is missing: give it, "assertion_file", or a "jwt_signing_profile" that makes it');
  }
  if (!profile.value) return undefined;
  if (byClient) judgeAudience(block, profile.value, warnings);
  const signing = resolveProfile(profile.value, {
    method: byClient ? method : undefined,
    signsWith,
    secret: client?.secret,
    replaced: block.replaced,
    warnings,
  });
  return signing && { signing, signingFor: byClient ? 'client' : 'assertion' };
}

/** RFC 10070: the audience is the issuer. What a function says is not known yet. */
function judgeAudience({ place, given }: OAuth2Block, { values }: SigningBlock, warnings: string[]): void {
  const { claims = {} } = values;
  if (given.has('issuer') || typeof claims === 'function' || Object.hasOwn(claims, 'aud')) return;
  warnings.push(
    `${place.path}: without "issuer" client assertions name the token endpoint as their audience, which servers may refuse (RFC 10070)`,
  );
}

interface SigningRole extends KeyOptions {
  /** What the client's method signs with. */
  readonly signsWith: MethodTraits['signsWith'];
}

function resolveProfile(block: SigningBlock, role: SigningRole): ResolvedSigning | undefined {
  const { signature_algorithm: algorithm, ttl, claims, headers } = block.values;
  const fitting = judgeAlgorithm(block, role) ? algorithm : undefined;
  if (role.signsWith === 'secret') judgeClientSecret(block, fitting, role);
  const key = role.signsWith === 'secret' ? {} : keyOf(block, fitting, role);
  if (ttl !== undefined && role.method) judgeTtl(block.place.at('ttl'), ttl, role.warnings);
  if (typeof claims === 'object') judgeClaims(block.place.at('claims'), claims, role);
  if (!fitting || ttl === undefined) return undefined;
  const resolved: ResolvedSigning = {
    algorithm: fitting,
    ...key,
    ttl,
    claims: claims ?? Object.freeze({}),
    headers: headers ?? Object.freeze({}),
  };
  return Object.freeze(ownMembers(resolved));
}

/** OpenID Connect Core §9: one method is for shared secrets, the other for key pairs. */
function judgeAlgorithm({ place, values }: SigningBlock, { method, signsWith }: SigningRole): boolean {
  const { signature_algorithm: algorithm } = values;
  if (algorithm === undefined) return false;
  const shared = isShared(algorithm);
  const here = place.at('signature_algorithm');
  if (signsWith === 'secret' && !shared) here.refuse(`must be HS256, HS384 or HS512 with "${method}"`);
  else if (signsWith === 'key' && shared) here.refuse(`must not be HS* with "${method}"`);
  else return true;
  return false;
}

const WARNED_TTL = 300;
const MOST_TTL = 3600;
const OWN_CLAIMS = ['iss', 'sub', 'iat', 'exp', 'jti'];

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
