/** Who has the Authorization header of a backend's requests: its token, its `basic_auth`, a Basic client, or its modifiers. */

import type { BackendBlock, OAuth2Block } from '../attributes/blocks.js';
import type { NamedValue } from '../schema/named-values.js';
import { clientMethod } from './client-authentication.js';

/** Reports what else wants the header of a backend that carries a token, or user and password. */
export function judgeAuthorization(block: BackendBlock, carriesToken: boolean): void {
  const basic = block.given.has('basic_auth');
  if (carriesToken && basic) {
    block.place.at('basic_auth').refuse('does not go with "oauth2": the token is in the Authorization header');
  }
  if (!carriesToken && !basic) return;
  const owner = carriesToken ? 'the token of a backend with "oauth2"' : '"basic_auth"';
  for (const header of authorizationModifiers(block)) {
    header.place.refuse(`Authorization carries ${owner} and cannot be changed`);
  }
}

/**
 * Reports what else wants the header of the token requests of a client that authenticates by Basic.
 *
 * @param named gives a token backend by its name
 */
export function judgeBasicClient(
  oauth2: OAuth2Block,
  named: (name: string) => { readonly block: BackendBlock; readonly carriesToken: boolean } | undefined,
): void {
  const { place, backend } = oauth2;
  if (clientMethod(oauth2) !== 'client_secret_basic' || backend === undefined) return;
  const byName = typeof backend === 'string';
  const found = byName ? named(backend) : { block: backend, carriesToken: backend.given.has('oauth2') };
  if (!found) return;
  const { block, carriesToken } = found;
  // What another backend has is right for itself: the reference to it is wrong.
  const blamed = (inline: typeof place) => (byName ? place.at('backend') : inline);
  const reason = 'the client authenticates by Basic in the Authorization header; "client_secret_post" leaves it free';
  if (carriesToken) blamed(block.place.at('oauth2')).refuse(`the token backend cannot have "oauth2": ${reason}`);
  if (block.given.has('basic_auth')) {
    blamed(block.place.at('basic_auth')).refuse(`the token backend cannot have "basic_auth": ${reason}`);
  }
  const modifiers = authorizationModifiers(block);
  for (const header of byName ? modifiers.slice(0, 1) : modifiers) {
    blamed(header.place).refuse(`the token backend cannot change Authorization: ${reason}`);
  }
}

function authorizationModifiers({ values }: BackendBlock): NamedValue[] {
  return [
    ...(values.remove_request_headers ?? []),
    ...(values.set_request_headers ?? []),
    ...(values.add_request_headers ?? []),
  ].filter((header) => header.name === 'authorization');
}
