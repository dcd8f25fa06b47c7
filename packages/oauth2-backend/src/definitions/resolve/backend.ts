/** From a backend that was read to what it means, its token backends included. */

import { isExposed } from '../attributes/addresses.js';
import { type BackendBlock, type OAuth2Block, readBackend } from '../attributes/blocks.js';
import { ownMembers } from '../own-members.js';
import type { ResolvedBackend, ResolvedProxy } from '../resolved.js';
import { type NamedValue, namesWithFunctions, namesWithValues } from '../schema/named-values.js';
import { didYouMean } from '../schema/nearest-name.js';
import { resolveOAuth2 } from './oauth2.js';
import { givenForms, resolveTls } from './tls.js';
import { judgeClientHeader, judgeTokenHeader } from './token-header.js';

/** What a backend can refer to. */
export interface Surroundings {
  /** The named backends as read. */
  readonly blocks: ReadonlyMap<string, BackendBlock>;
  /** The named backends as resolved, each once; `undefined` for one that is not valid. */
  readonly resolved: (name: string) => ResolvedBackend | undefined;
  /** Whether a named backend's token comes from `options.tokens`. */
  readonly replaced: (name: string) => boolean;
  /** The proxy that the environment names for an origin. */
  readonly proxyFor: (origin: string) => ResolvedProxy | undefined;
  readonly warnings: string[];
}

/**
 * Gives the resolved backend, or `undefined` when it is not valid; reports what does not fit together.
 *
 * @param origin of a token backend that has none of its own
 */
export function resolveBackend(
  block: BackendBlock,
  name: string,
  surroundings: Surroundings,
  origin: string | undefined = block.values.origin,
): ResolvedBackend | undefined {
  const { values, given } = block;
  const carriesToken = given.has('oauth2') || surroundings.replaced(name);
  judgeTokenHeader(block, carriesToken);
  if (carriesToken) judgeTokenCarrier(block, origin, surroundings.warnings);
  const oauth2 = block.oauth2 && resolveTokens(block.oauth2, name, surroundings);
  const connection = resolveConnection(block, origin, surroundings);
  if (origin === undefined) return undefined;
  const resolved: ResolvedBackend = {
    name,
    origin,
    pathPrefix: values.path_prefix ?? '',
    ...(values.basic_auth !== undefined && { basicAuth: values.basic_auth }),
    ...((given.has('token_header') || given.has('token_prefix')) && {
      tokenField: Object.freeze({ header: values.token_header, prefix: values.token_prefix }),
    }),
    timeouts: Object.freeze({
      connect: values.connect_timeout,
      ttfb: values.ttfb_timeout,
      total: values.timeout,
    }),
    explicitTimeout: given.has('timeout'),
    ...connection,
    headers: Object.freeze({
      remove: Object.freeze((values.remove_request_headers ?? []).map((header) => header.name)),
      set: namesWithValues(values.set_request_headers),
      add: namesWithValues(values.add_request_headers),
    }),
    query: Object.freeze({
      remove: Object.freeze(values.remove_query_params ?? []),
      set: namesWithValues(values.set_query_params),
      add: namesWithValues(values.add_query_params),
    }),
    ...computedModifiers(values),
    forwardHeaders: values.forward_headers ?? Object.freeze([]),
    abortOnDisconnect: values.abort_on_disconnect,
    ...(oauth2 && { oauth2 }),
    ...(block.source && { source: block.source }),
  };
  return Object.freeze(ownMembers(resolved));
}

type ModifierName = `${'set' | 'add'}_${'request_headers' | 'query_params'}`;

function computedModifiers(values: { readonly [N in ModifierName]?: readonly NamedValue[] | undefined }) {
  const { set_request_headers, add_request_headers, set_query_params, add_query_params } = values;
  const all = [set_request_headers, add_request_headers, set_query_params, add_query_params];
  if (!all.some((modifiers) => modifiers?.some(({ give }) => give))) return undefined;
  const both = (set: readonly NamedValue[] | undefined, add: readonly NamedValue[] | undefined) =>
    Object.freeze({ set: namesWithFunctions(set), add: namesWithFunctions(add) });
  const headers = both(set_request_headers, add_request_headers);
  return { computed: Object.freeze({ headers, query: both(set_query_params, add_query_params) }) };
}

/** A token is a secret like any other: it needs https. */
function judgeTokenCarrier({ place, values }: BackendBlock, origin: string | undefined, warnings: string[]): void {
  if (origin === undefined || !isExposed(origin)) return;
  if (values.allow_http) warnings.push(`${place.path}: tokens go over plain http to ${origin} (allow_http)`);
  else place.at('origin').refuse('must be https, or http on loopback only; "allow_http": true allows it');
}

function resolveTokens(oauth2: OAuth2Block, name: string, surroundings: Surroundings) {
  judgeClientHeader(oauth2, (backend) => {
    const block = surroundings.blocks.get(backend);
    return block && { block, carriesToken: block.given.has('oauth2') || surroundings.replaced(backend) };
  });
  const tokenBackend = resolveTokenBackend(oauth2, `${name}.oauth2.backend`, surroundings);
  return resolveOAuth2(oauth2, tokenBackend, surroundings.warnings);
}

function resolveTokenBackend(
  { place, values, given, backend }: OAuth2Block,
  name: string,
  surroundings: Surroundings,
): ResolvedBackend | undefined {
  const here = place.at('backend');
  if (typeof backend === 'string') {
    if (surroundings.blocks.has(backend)) return surroundings.resolved(backend);
    return here.refuse(`no backend has this name${didYouMean(backend, [...surroundings.blocks.keys()])}`);
  }
  const endpoint = values.token_endpoint;
  if (backend) {
    if (endpoint && endpoint.origin === undefined && !backend.given.has('origin')) {
      backend.place.at('origin').refuse('is missing: "token_endpoint" is a path and needs it');
    }
    return resolveBackend(backend, name, surroundings, backend.values.origin ?? endpoint?.origin);
  }
  if (!endpoint || given.has('backend')) return undefined;
  if (endpoint.origin !== undefined) {
    return resolveBackend(readBackend({}, here, false, 1), name, surroundings, endpoint.origin);
  }
  return place
    .at('token_endpoint')
    .refuse('is a path: needs a token backend ("backend") with an origin, or be absolute');
}

function resolveConnection(block: BackendBlock, origin: string | undefined, { proxyFor, warnings }: Surroundings) {
  const { place, values, given } = block;
  judgeCertificates(block, origin);
  if (values.disable_certificate_validation) {
    warnings.push(`${place.path}: the server's certificate is not checked (disable_certificate_validation)`);
  }
  const proxy = given.has('proxy') || origin === undefined ? values.proxy : proxyFor(origin);
  return {
    ...(values.hostname !== undefined && { hostname: values.hostname }),
    ...(proxy && { proxy }),
    tls: values.tls ? resolveTls(values.tls) : Object.freeze(ownMembers({})),
    http2: values.http2,
    maxConnections: values.max_connections,
    maxHeaderSize: values.max_response_header_size,
    reuseConnections: !values.disable_connection_reuse,
    validateCertificates: !values.disable_certificate_validation,
  };
}

function judgeCertificates({ place, values }: BackendBlock, origin: string | undefined): void {
  const { tls } = values;
  if (!tls) return;
  if (tls.given.size > 0 && origin?.startsWith('http:')) {
    place.at('tls').refuse('does nothing: the origin is plain http');
  }
  if (!values.disable_certificate_validation) return;
  for (const authorities of givenForms(tls, 'server_ca_certificate')) {
    authorities.place.refuse('does nothing with "disable_certificate_validation"');
  }
}
