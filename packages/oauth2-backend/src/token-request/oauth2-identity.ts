/** The identity of an `oauth2` block: what makes its token requests different from any other block's. */

import type { ComputedModifiers, ResolvedBackend, ResolvedExchange, ResolvedOAuth2 } from '../definitions/resolved.js';
import type { ResolvedCredential, ResolvedSigning } from '../definitions/resolved-credentials.js';
import { credentialDigest, digestOf, type IdentityPart, scopeSet } from './identity.js';

/** How credentials, and what cannot be looked into, become part of an identity. */
interface IdentityDigests {
  /** A digest of a credential that tells nobody the credential. */
  credential(credential: string): string;
  /** What stands for a function or source; `place` says where in the block it was given. */
  source(source: object, place: string): IdentityPart;
}

/** Digests that mean something in this process only: a key of its own, and a number for each function or source. */
const ofThisProcess: IdentityDigests = { credential: credentialDigest, source: sourcePart };

/**
 * Digests that are the same in every process of a fleet. A function is told by where it was given: what it does is the same
 * wherever the application is.
 *
 * @param name of the backend whose block it is
 */
export function fleetDigests(name: string, credential: IdentityDigests['credential']): IdentityDigests {
  return { credential, source: (_source, place) => ({ source: [name, place] }) };
}

/**
 * The digest of everything the block sends and proves itself with. The order of scopes makes no difference; a credential is
 * told by its keyed digest, one that comes from a file or function by where it comes from.
 *
 * @param input what the context of a request adds: an assertion, claims or a subject, or a digest of them
 */
export function identityOf(
  oauth2: ResolvedOAuth2,
  input?: IdentityPart,
  digests: IdentityDigests = ofThisProcess,
): string {
  const credentialPart = partOf(digests);
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
    clientSecret: credentialPart('client_secret', oauth2.clientSecret),
    password: credentialPart('password', oauth2.password),
    assertion: credentialPart('assertion', oauth2.assertion),
    exchange: oauth2.exchange && exchangePart(oauth2.exchange, credentialPart),
    signing: oauth2.signing && signingPart(oauth2.signing, digests),
    tokenBackend: backendPart(oauth2.tokenBackend, digests),
    input,
  });
}

function backendPart(backend: ResolvedBackend, digests: IdentityDigests): IdentityPart {
  const { origin, hostname, headers, query, computed, basicAuth, tokenField, tls, proxy, oauth2, source } = backend;
  const credentialPart = partOf(digests);
  return {
    origin,
    hostname,
    headers: [headers.remove, headers.set, headers.add],
    query: [query.remove, query.set, query.add],
    computed: computed && computedPart(computed, digests),
    basicAuth: credentialPart('basic_auth', basicAuth),
    tokenField: tokenField && [tokenField.header, tokenField.prefix],
    certificate: credentialPart('tls', tls.cert),
    proxy: proxy && [proxy.url, credentialPart('proxy', proxy.credentials)],
    oauth2: source ? digests.source(source, backend.name) : oauth2 && identityOf(oauth2, undefined, digests),
  };
}

/** The values that functions give; the others stand in `headers` and `query`. */
function computedPart({ headers, query }: ComputedModifiers, digests: IdentityDigests): IdentityPart {
  const kinds = {
    set_request_headers: headers.set,
    add_request_headers: headers.add,
    set_query_params: query.set,
    add_query_params: query.add,
  };
  return Object.entries(kinds).map(([kind, values]) =>
    values.flatMap(([name, given]) =>
      typeof given === 'function' ? [name, digests.source(given, `${kind}.${name}`)] : [],
    ),
  );
}

function exchangePart(
  { subjectToken, subjectTokenType, actor, requestedTokenType }: ResolvedExchange,
  credentialPart: ReturnType<typeof partOf>,
): IdentityPart {
  return {
    subjectToken: credentialPart('subject_token', subjectToken),
    subjectTokenType,
    actor: actor && [credentialPart('actor_token', actor.token), actor.type],
    requestedTokenType,
  };
}

function signingPart(
  { algorithm, key, certificateFile, ttl, claims, headers }: ResolvedSigning,
  digests: IdentityDigests,
): IdentityPart {
  return {
    algorithm,
    ttl,
    key: key && (key.kind === 'file' ? { file: key.file } : digests.credential(JSON.stringify(key.material))),
    certificate: certificateFile,
    claims: typeof claims === 'function' ? digests.source(claims, 'claims') : JSON.stringify(claims),
    headers: typeof headers === 'function' ? digests.source(headers, 'headers') : JSON.stringify(headers),
  };
}

function partOf(digests: IdentityDigests) {
  return (place: string, credential: ResolvedCredential | ((...args: never) => unknown) | undefined): IdentityPart => {
    if (credential === undefined) return undefined;
    if (typeof credential === 'string') return { value: digests.credential(credential) };
    return typeof credential === 'function' ? digests.source(credential, place) : { file: credential.file };
  };
}

/** A function or source is told by which it is: a number of its own for each. */
function sourcePart(source: object): IdentityPart {
  const known = numbers.get(source) ?? ++count;
  numbers.set(source, known);
  return { source: known };
}

const numbers = new WeakMap<object, number>();
let count = 0;
