/** Whose assertions a `jwt_signing_profile` makes: the client's, those of jwt-bearer, or none. */

import type { OAuth2Block } from '../attributes/blocks.js';
import type { ResolvedOAuth2 } from '../resolved.js';
import { attributeOf } from '../schema/attribute.js';
import { type ClientAuthentication, clientMethod } from './client-authentication.js';
import { makesAssertion } from './grant.js';
import { resolveProfile } from './profile.js';

type Signing = Pick<ResolvedOAuth2, 'signing' | 'signingFor'>;

/** Gives the profile's meaning, nothing where none is needed, or `undefined` when it is not valid. */
export function signingOf(
  block: OAuth2Block,
  client: ClientAuthentication | undefined,
  warnings: string[],
): Signing | undefined {
  const profile = attributeOf(block, 'jwt_signing_profile');
  const method = clientMethod(block);
  const byClient = method === 'client_secret_jwt' || method === 'private_key_jwt';
  if (block.refused.has('token_endpoint_auth_method')) return undefined;
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
  const signing = resolveProfile(profile.value, {
    method: byClient ? method : undefined,
    secret: client?.secret,
    replaced: block.replaced,
    warnings,
  });
  return signing && { signing, signingFor: byClient ? 'client' : 'assertion' };
}
