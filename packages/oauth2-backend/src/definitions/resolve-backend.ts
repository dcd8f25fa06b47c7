/** From a backend that was read to what it means, its token backends included. */

import type { BackendBlock, OAuth2Block } from './blocks.js';
import { readBackend } from './blocks.js';
import { namesWithValues } from './named-values.js';
import { nearestName } from './nearest-name.js';
import { resolveOAuth2 } from './resolve-oauth2.js';
import type { ResolvedBackend } from './resolved.js';
import { isExposed } from './safe-url.js';

/** What a backend can refer to. */
export interface Surroundings {
  /** The named backends as read. */
  readonly blocks: ReadonlyMap<string, BackendBlock>;
  /** The named backends as resolved, each once; `undefined` for one that is not valid. */
  readonly resolved: (name: string) => ResolvedBackend | undefined;
  /** Whether a named backend's token comes from `options.tokens`. */
  readonly replaced: (name: string) => boolean;
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
  if (given.has('oauth2') || surroundings.replaced(name)) judgeTokenCarrier(block, origin, surroundings.warnings);
  const oauth2 = block.source ?? (block.oauth2 && resolveTokens(block.oauth2, name, surroundings));
  if (origin === undefined) return undefined;
  return Object.freeze({
    name,
    origin,
    pathPrefix: values.path_prefix ?? '',
    timeouts: Object.freeze({
      connect: values.connect_timeout,
      ttfb: values.ttfb_timeout,
      total: values.timeout,
    }),
    explicitTimeout: given.has('timeout'),
    headers: Object.freeze({
      remove: Object.freeze((values.remove_request_headers ?? []).map((header) => header.name)),
      set: namesWithValues(values.set_request_headers),
      add: namesWithValues(values.add_request_headers),
    }),
    abortOnDisconnect: values.abort_on_disconnect,
    ...(oauth2 && { oauth2 }),
  });
}

function judgeTokenCarrier(block: BackendBlock, origin: string | undefined, warnings: string[]): void {
  const { place, values } = block;
  if (origin !== undefined && isExposed(origin)) {
    if (values.allow_http) warnings.push(`${place.path}: tokens go over plain http to ${origin} (allow_http)`);
    else place.at('origin').refuse('must be https, or http on loopback only; "allow_http": true allows it');
  }
  for (const header of authorizationModifiers(block)) {
    header.place.refuse('Authorization carries the token of a backend with "oauth2" and cannot be changed');
  }
}

function authorizationModifiers({ values }: BackendBlock) {
  return [
    ...(values.remove_request_headers ?? []),
    ...(values.set_request_headers ?? []),
    ...(values.add_request_headers ?? []),
  ].filter((header) => header.name === 'authorization');
}

function resolveTokens(oauth2: OAuth2Block, name: string, surroundings: Surroundings) {
  judgeBasicClient(oauth2, surroundings);
  const tokenBackend = resolveTokenBackend(oauth2, `${name}.oauth2.backend`, surroundings);
  return resolveOAuth2(oauth2, tokenBackend, surroundings.warnings);
}

/** Basic credentials stand in the token request's Authorization header: nothing else may want it. */
function judgeBasicClient({ place, values, backend }: OAuth2Block, { blocks, replaced }: Surroundings): void {
  if (values.token_endpoint_auth_method !== 'client_secret_basic' || backend === undefined) return;
  const named = typeof backend === 'string';
  const block = named ? blocks.get(backend) : backend;
  if (!block) return;
  const blamed = (inline: typeof place) => (named ? place.at('backend') : inline);
  const reason = 'the client authenticates by Basic in the Authorization header; "client_secret_post" leaves it free';
  if (block.given.has('oauth2') || (named && replaced(backend))) {
    blamed(block.place.at('oauth2')).refuse(`the token backend cannot have "oauth2": ${reason}`);
  }
  const modifiers = authorizationModifiers(block);
  for (const header of named ? modifiers.slice(0, 1) : modifiers) {
    blamed(header.place).refuse(`the token backend cannot change Authorization: ${reason}`);
  }
}

function resolveTokenBackend(
  { place, values, given, backend }: OAuth2Block,
  name: string,
  surroundings: Surroundings,
): ResolvedBackend | undefined {
  const here = place.at('backend');
  if (typeof backend === 'string') {
    if (surroundings.blocks.has(backend)) return surroundings.resolved(backend);
    const nearest = nearestName(backend, [...surroundings.blocks.keys()]);
    return here.refuse(`no backend has this name${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`);
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
