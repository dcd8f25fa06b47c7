/** On whose authority a token is asked for: the grant, and what it needs. */

import type { OAuth2Block } from '../attributes/blocks.js';
import { exchangeAttributes } from '../attributes/exchange.js';
import { GRANTS, type GrantType, JWT_BEARER, TOKEN_EXCHANGE } from '../grant-types.js';
import type { OAuth2Definition } from '../oauth2-definition.js';
import { ownMembers } from '../own-members.js';
import type { ResolvedExchange, ResolvedOAuth2 } from '../resolved.js';
import { attributeOf } from '../schema/attribute.js';
import { credentialOf } from '../schema/value-or-file.js';

/** What is known about the grant once its attributes fit together. */
export type Grant = Pick<ResolvedOAuth2, 'grantType' | 'username' | 'password' | 'assertion' | 'subject' | 'exchange'>;

/** Gives the grant's part of the block, or `undefined` when it is not valid; reports what is missing and what belongs to another. */
export function grantOf(block: OAuth2Block, warnings: string[]): Grant | undefined {
  const { grant_type: grantType } = block.values;
  if (grantType === undefined) return undefined;
  refuseOthers(block, grantType);
  if (grantType === 'password') return passwordGrant(block, warnings);
  if (grantType === TOKEN_EXCHANGE) return exchangeGrant(block);
  return grantType === 'client_credentials' ? { grantType } : jwtBearerGrant(block);
}

/** Whether the assertion of jwt-bearer is to be made: it is given neither by value nor by file. */
export function makesAssertion({ values, given }: OAuth2Block): boolean {
  const { grant_type: grantType } = values;
  return grantType === JWT_BEARER && !given.has('assertion') && !given.has('assertion_file');
}

const EXCHANGE = Object.keys(exchangeAttributes) as (keyof typeof exchangeAttributes)[];
const OWN: Readonly<Record<GrantType, { readonly own: readonly (keyof OAuth2Definition)[] }>> = GRANTS;

function refuseOthers(block: OAuth2Block, grantType: GrantType): void {
  for (const name of new Set(Object.values(OWN).flatMap(({ own }) => own))) {
    const { given, place } = attributeOf(block, name);
    if (!given || OWN[grantType].own.includes(name)) continue;
    const owners = Object.entries(OWN).filter(([, { own }]) => own.includes(name));
    place.refuse(`is for grant ${owners.map(([owner]) => `"${owner}"`).join(' or ')} only`);
  }
}

function passwordGrant(block: OAuth2Block, warnings: string[]): Grant | undefined {
  warnings.push(`${block.place.path}: grant "password" must not be used where the server has another (RFC 9700 §2.4)`);
  const username = attributeOf(block, 'username');
  if (!username.given && !block.replaced) username.place.refuse(`is missing: ${ENVIRONMENT}`);
  const password = credentialOf(attributeOf(block, 'password'), attributeOf(block, 'password_file'), {
    missing: `is missing: ${ENVIRONMENT} "password_file" can name a file instead`,
    replaced: block.replaced,
  });
  const name = username.given ? username.value : '';
  if (!password || name === undefined) return undefined;
  return { grantType: 'password', username: name, password: password.credential };
}

const ENVIRONMENT = 'is the environment variable set?';

function jwtBearerGrant(block: OAuth2Block): Grant | undefined {
  judgeSubject(block);
  const { subject } = block.values;
  const assertion = credentialOf(attributeOf(block, 'assertion'), attributeOf(block, 'assertion_file'), {
    missing: undefined,
    replaced: block.replaced,
  });
  if (makesAssertion(block)) return { grantType: JWT_BEARER, ...(subject && { subject }) };
  return assertion && { grantType: JWT_BEARER, assertion: assertion.credential, ...(subject && { subject }) };
}

/** It tells apart what functions make of the context; everything else is the same for each. */
function judgeSubject({ place, values, given, invalid }: OAuth2Block): void {
  const profile = given.has('assertion') || given.has('assertion_file') ? undefined : values.jwt_signing_profile;
  const made = profile ? profile.values.claims : values.assertion;
  const unknown = invalid.has('assertion') || profile?.invalid.has('claims');
  const some = given.has('assertion') || given.has('assertion_file') || profile;
  if (!given.has('subject') || typeof made === 'function' || unknown || !some) return;
  place
    .at('subject')
    .refuse('does nothing without a function as "assertion", or as "claims" of the profile that makes it');
}

function exchangeGrant(block: OAuth2Block): Grant | undefined {
  const exchange = exchangeOf(block);
  const { subject } = block.values;
  return exchange && { grantType: TOKEN_EXCHANGE, exchange, ...(subject && { subject }) };
}

function exchangeOf(block: OAuth2Block): ResolvedExchange | undefined {
  const { values, given, invalid, place } = block;
  if (values.require_verified_subject && !given.has('subject_token')) {
    place.at('subject_token').refuse('is missing: with "require_verified_subject" it gives what the verification gave');
  }
  const actor = credentialOf(attributeOf(block, 'actor_token'), attributeOf(block, 'actor_token_file'), {
    missing: undefined,
    replaced: block.replaced,
  });
  const type = attributeOf(block, 'actor_token_type');
  const hasActor = given.has('actor_token') || given.has('actor_token_file');
  if (hasActor && !type.given) type.place.refuse('is missing: it goes with "actor_token" (RFC 8693 §2.1)');
  if (!hasActor && type.given && !block.replaced) {
    place.at('actor_token').refuse('is missing: is the environment variable set? "actor_token_type" goes with it');
  }
  if (EXCHANGE.some((name) => invalid.has(name)) || (hasActor && !actor)) return undefined;

  const { subject_token: subjectToken, subject_token_type: subjectTokenType } = values;
  if (subjectTokenType === undefined) return undefined;
  const exchange: ResolvedExchange = {
    ...(subjectToken && { subjectToken }),
    subjectTokenType,
    verified: values.require_verified_subject,
    ...(hasActor &&
      actor &&
      type.value !== undefined && { actor: Object.freeze({ token: actor.credential, type: type.value }) }),
    ...(values.requested_token_type !== undefined && { requestedTokenType: values.requested_token_type }),
  };
  return Object.freeze(ownMembers(exchange));
}
