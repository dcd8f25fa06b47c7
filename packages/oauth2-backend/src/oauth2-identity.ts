/** The identity of an `oauth2` block: what makes its token requests different from any other block's. */

import type {
  ResolvedBackend,
  ResolvedCredential,
  ResolvedExchange,
  ResolvedOAuth2,
  ResolvedSigning,
} from './definitions/resolved.js';
import { credentialDigest, digestOf, type IdentityPart, scopeSet } from './identity.js';

/**
 * The digest of everything the block sends and proves itself with. The order of scopes makes no difference; a credential is
 * told by its keyed digest, one that comes from a file or function by where it comes from.
 *
 * @param input what the context of a request adds: the digest of an assertion or of claims, or a subject
 */
export function identityOf(oauth2: ResolvedOAuth2, input?: IdentityPart): string {
  const { tokenEndpoint, clientId, clientAuth, grantType, username, issuer, basicEncoding } = oauth2;
  return digestOf({
    tokenEndpoint,
    clientId,
    clientAuth,
    grantType,
    username,
    issuer,
    basicEncoding,
    scope: scopeSet(oauth2.scope),
    params: [...oauth2.params].sort(([a], [b]) => (a < b ? -1 : 1)),
    clientSecret: credentialPart(oauth2.clientSecret),
    password: credentialPart(oauth2.password),
    assertion: credentialPart(oauth2.assertion),
    exchange: oauth2.exchange && exchangePart(oauth2.exchange),
    signing: oauth2.signing && signingPart(oauth2.signing),
    tokenBackend: backendPart(oauth2.tokenBackend),
    input,
  });
}

function backendPart({
  origin,
  hostname,
  headers,
  query,
  basicAuth,
  tls,
  proxy,
  oauth2,
}: ResolvedBackend): IdentityPart {
  return {
    origin,
    hostname,
    headers: [headers.remove, headers.set, headers.add],
    query: [query.remove, query.set, query.add],
    basicAuth: credentialPart(basicAuth),
    certificate: credentialPart(tls.cert),
    proxy: proxy && [proxy.url, credentialPart(proxy.credentials)],
    oauth2: oauth2 && (isSource(oauth2) ? sourcePart(oauth2) : identityOf(oauth2)),
  };
}

function exchangePart({ subjectToken, subjectTokenType, actor, requestedTokenType }: ResolvedExchange): IdentityPart {
  return {
    subjectToken: credentialPart(subjectToken),
    subjectTokenType,
    actor: actor && [credentialPart(actor.token), actor.type],
    requestedTokenType,
  };
}

function signingPart({ algorithm, key, ttl, claims, headers }: ResolvedSigning): IdentityPart {
  return {
    algorithm,
    ttl,
    key: key && (key.kind === 'file' ? { file: key.file } : credentialDigest(JSON.stringify(key.material))),
    claims: typeof claims === 'function' ? sourcePart(claims) : JSON.stringify(claims),
    headers: typeof headers === 'function' ? sourcePart(headers) : JSON.stringify(headers),
  };
}

function credentialPart(credential: ResolvedCredential | ((...args: never) => unknown) | undefined): IdentityPart {
  if (credential === undefined) return undefined;
  if (typeof credential === 'string') return { value: credentialDigest(credential) };
  return typeof credential === 'function' ? sourcePart(credential) : { file: credential.file };
}

function isSource(
  oauth2: ResolvedOAuth2 | object,
): oauth2 is Exclude<ResolvedBackend['oauth2'], ResolvedOAuth2 | undefined> {
  return 'token' in oauth2;
}

/** A function or source is told by which it is: a number of its own for each. */
function sourcePart(source: object): IdentityPart {
  const known = numbers.get(source) ?? ++count;
  numbers.set(source, known);
  return { source: known };
}

const numbers = new WeakMap<object, number>();
let count = 0;
