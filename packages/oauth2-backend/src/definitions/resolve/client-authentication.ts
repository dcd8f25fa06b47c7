/** How the client proves itself at the token endpoint: the method, and what it needs. */

import type { OAuth2Block } from '../attributes/blocks.js';
import { CLIENT_AUTH_METHODS, type ClientAuthMethod } from '../client-auth-methods.js';
import { isClientOptional } from '../grant-types.js';
import { ownMembers } from '../own-members.js';
import type { ResolvedOAuth2 } from '../resolved.js';
import { attributeOf } from '../schema/attribute.js';
import { credentialOf, type GivenCredential } from '../schema/value-or-file.js';

/** What is known about the client once its attributes fit together. */
export interface ClientAuthentication extends Pick<ResolvedOAuth2, 'clientAuth' | 'clientId'> {
  readonly secret?: GivenCredential<Extract<ResolvedOAuth2['clientSecret'], string | (() => unknown)>>;
}

/** Gives the method by which the client authenticates: `undefined` for none of the sort, or while the configuration does not say. */
export function clientAuthMethod({ values, given, invalid }: OAuth2Block): ClientAuthMethod | undefined {
  const anonymous = !given.has('client_id') && isClientOptional(values.grant_type);
  return anonymous || invalid.has('token_endpoint_auth_method') ? undefined : values.token_endpoint_auth_method;
}

/** Gives the client's part of the block, or `undefined` when it is not valid; reports what is missing and what does nothing. */
export function clientAuthenticationOf(block: OAuth2Block): ClientAuthentication | undefined {
  const { values, invalid } = block;
  const id = attributeOf(block, 'client_id');
  if (!id.given && isClientOptional(values.grant_type)) return refuseBesideNoClient(block);
  // A grant that could not be read may be one without a client.
  if (!id.given && invalid.has('grant_type')) return undefined;
  if (!id.given) id.place.refuse('is missing: string');
  const method = clientAuthMethod(block);
  if (method === 'none' && values.grant_type === 'client_credentials') {
    return block.place.at('token_endpoint_auth_method').refuse('"none" does not go with grant "client_credentials"');
  }
  const secret = method && secretOf(block, method);
  if (!method || !secret || id.value === undefined) return undefined;
  return ownMembers({ clientAuth: method, clientId: id.value, ...secret });
}

function refuseBesideNoClient(block: OAuth2Block): ClientAuthentication {
  for (const name of ['token_endpoint_auth_method', 'client_secret', 'client_secret_file'] as const) {
    const { given, place } = attributeOf(block, name);
    if (given) place.refuse('needs "client_id", which is missing: is the environment variable set?');
  }
  return ownMembers({ clientAuth: undefined });
}

function secretOf(block: OAuth2Block, method: ClientAuthMethod): Pick<ClientAuthentication, 'secret'> | undefined {
  const value = attributeOf(block, 'client_secret');
  const file = attributeOf(block, 'client_secret_file');
  if (!CLIENT_AUTH_METHODS[method].secret) {
    const surplus = [value, file].filter(({ given }) => given);
    for (const { place } of surplus) place.refuse(`does not go with "token_endpoint_auth_method": "${method}"`);
    return surplus.length === 0 ? {} : undefined;
  }
  const missing = 'is missing: is the environment variable set? "client_secret_file" can name a file instead';
  const secret = credentialOf(value, file, { missing, replaced: block.replaced });
  return secret && { secret };
}
