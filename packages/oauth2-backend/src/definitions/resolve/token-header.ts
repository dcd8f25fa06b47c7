/** Who has which header of a backend's requests: its token, its `basic_auth`, the client's authentication, or its modifiers. */

import type { BackendBlock, OAuth2Block } from '../attributes/blocks.js';
import { CLIENT_AUTH_METHODS, type MethodTraits } from '../client-auth-methods.js';
import type { NamedValue } from '../schema/named-values.js';
import { clientAuthMethod } from './client-authentication.js';

const AUTHORIZATION = 'authorization';

/** Reports what else wants the header that carries a backend's token, or its user and password. */
export function judgeTokenHeader(block: BackendBlock, carriesToken: boolean): void {
  const { place, values, given, invalid } = block;
  for (const name of ['token_header', 'token_prefix'] as const) {
    if (!carriesToken && given.has(name)) place.at(name).refuse('does nothing without "oauth2"');
  }
  if (invalid.has('token_header')) return;
  const header = carriesToken ? values.token_header : undefined;
  const basic = given.has('basic_auth');
  if (header === AUTHORIZATION && basic) {
    place.at('basic_auth').refuse('does not go with "oauth2": the token is in the Authorization header');
  }
  if (header !== undefined) refuseModifiers(block, header, 'the token of a backend with "oauth2"');
  if (basic && header !== AUTHORIZATION) refuseModifiers(block, AUTHORIZATION, '"basic_auth"');
  if (header !== undefined && values.forward_headers?.includes(header)) {
    place.at('forward_headers').refuse(`must not name ${header}: it carries the token of a backend with "oauth2"`);
  }
}

/**
 * Reports what else wants the header by which a client proves itself in its token requests.
 *
 * @param named gives a token backend by its name
 */
export function judgeClientHeader(
  oauth2: OAuth2Block,
  named: (name: string) => { readonly block: BackendBlock; readonly carriesToken: boolean } | undefined,
): void {
  const { place, backend } = oauth2;
  const method = clientAuthMethod(oauth2);
  const owned = method && CLIENT_AUTH_METHODS[method].header;
  if (owned === undefined || backend === undefined) return;
  const byName = typeof backend === 'string';
  const found = byName ? named(backend) : { block: backend, carriesToken: backend.given.has('oauth2') };
  if (!found) return;
  const { block, carriesToken } = found;
  // What another backend has is right for itself: the reference to it is wrong.
  const blamed = (inline: typeof place) => (byName ? place.at('backend') : inline);
  const reason = `the client authenticates by ${IN_WORDS[owned]} header; "client_secret_post" leaves it free`;
  if (carriesToken && block.values.token_header === owned) {
    blamed(block.place.at('oauth2')).refuse(`the token backend cannot have "oauth2": ${reason}`);
  }
  if (owned === AUTHORIZATION && block.given.has('basic_auth')) {
    blamed(block.place.at('basic_auth')).refuse(`the token backend cannot have "basic_auth": ${reason}`);
  }
  const modifiers = modifiersOf(block, owned);
  for (const header of byName ? modifiers.slice(0, 1) : modifiers) {
    blamed(header.place).refuse(`the token backend cannot change ${shownName(owned)}: ${reason}`);
  }
}

const IN_WORDS: Readonly<Record<NonNullable<MethodTraits['header']>, string>> = {
  authorization: 'Basic in the Authorization',
};

function refuseModifiers(block: BackendBlock, name: string, owner: string): void {
  for (const header of modifiersOf(block, name)) {
    header.place.refuse(`${shownName(name)} carries ${owner} and cannot be changed`);
  }
}

function shownName(name: string): string {
  return name === AUTHORIZATION ? 'Authorization' : name;
}

function modifiersOf({ values }: BackendBlock, name: string): NamedValue[] {
  return [
    ...(values.remove_request_headers ?? []),
    ...(values.set_request_headers ?? []),
    ...(values.add_request_headers ?? []),
  ].filter((header) => header.name === name);
}
