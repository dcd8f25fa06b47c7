/** From an `oauth2` block that was read to what it means, given its token backend. */

import { isExposed, liesBelow } from '../attributes/addresses.js';
import type { OAuth2Block } from '../attributes/blocks.js';
import { isOddResource } from '../attributes/token-request-values.js';
import { ownMembers } from '../own-members.js';
import type { ResolvedBackend, ResolvedOAuth2 } from '../resolved.js';
import { namesWithValues } from '../schema/named-values.js';
import { clientAuthenticationOf } from './client-authentication.js';
import { grantOf } from './grant.js';
import { signingOf } from './signing.js';

/** Gives the resolved block, or `undefined` when a part of it is not valid; reports what does not fit together. */
export function resolveOAuth2(
  block: OAuth2Block,
  tokenBackend: ResolvedBackend | undefined,
  warnings: string[],
): ResolvedOAuth2 | undefined {
  const { values } = block;
  const tokenEndpoint = resolveTokenEndpoint(block, tokenBackend);
  if (tokenEndpoint !== undefined) judgeTransport(block, tokenEndpoint, warnings);
  const resource = values.params?.find(isOddResource);
  if (resource) warnings.push(`${resource.place.path}: is no absolute URI without fragment (RFC 8707 §2)`);
  const grant = grantOf(block, warnings);
  const client = clientAuthenticationOf(block);
  const signing = signingOf(block, client, warnings);
  if (!tokenBackend || tokenEndpoint === undefined || !grant || !client || !signing) return undefined;
  const { clientAuth, clientId, secret } = client;
  const resolved: ResolvedOAuth2 = {
    ...grant,
    tokenEndpoint,
    clientAuth,
    ...(clientId !== undefined && { clientId }),
    ...(secret && { clientSecret: secret.credential }),
    ...signing,
    ...(values.issuer !== undefined && { issuer: values.issuer }),
    ...(values.scope && { scope: values.scope }),
    params: namesWithValues(values.params),
    retries: values.retries,
    refusedStatuses: values.refused_statuses,
    ...(values.step_up && { stepUp: values.step_up }),
    defaultTtl: values.default_ttl,
    explicitTtl: block.given.has('default_ttl'),
    renewBefore: values.renew_before,
    ...(values.bearer_token_types && { bearerTokenTypes: values.bearer_token_types }),
    basicEncoding: values.basic_encoding,
    tokenBackend,
  };
  return Object.freeze(ownMembers(resolved));
}

function resolveTokenEndpoint(
  { place, values }: OAuth2Block,
  tokenBackend: ResolvedBackend | undefined,
): string | undefined {
  const endpoint = values.token_endpoint;
  if (endpoint?.origin === undefined) {
    return endpoint && tokenBackend && `${tokenBackend.origin}${tokenBackend.pathPrefix}${endpoint.text}`;
  }
  if (tokenBackend && !liesBelow(endpoint.text, tokenBackend)) {
    const { origin, pathPrefix } = tokenBackend;
    return place.at('token_endpoint').refuse(`lies outside its token backend, ${origin}${pathPrefix}`);
  }
  return endpoint.text;
}

function judgeTransport({ place, values }: OAuth2Block, tokenEndpoint: string, warnings: string[]): void {
  if (!isExposed(tokenEndpoint)) return;
  if (values.allow_http) {
    warnings.push(
      `${place.path}: client credentials go over plain http to ${new URL(tokenEndpoint).origin} (allow_http)`,
    );
    return;
  }
  place
    .at('token_endpoint')
    .refuse('must be https, or http on loopback only; "allow_http": true in "oauth2" allows it');
}
