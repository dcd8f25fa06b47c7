/** The methods of client authentication by the names of RFC 7591 §2, and what each has to do with. */

import type { OAuth2Definition } from './oauth2-definition.js';

export type ClientAuthMethod = NonNullable<OAuth2Definition['token_endpoint_auth_method']>;

export interface MethodTraits {
  /** Whether it proves the client by its secret; a secret is refused otherwise. */
  readonly secret: boolean;
  /** What it signs an assertion with, by a `jwt_signing_profile`; `undefined`: it signs none. */
  readonly signsWith: 'secret' | 'key' | undefined;
  /** The header of token requests that it writes, lower case: nothing else may. */
  readonly header: 'authorization' | undefined;
}

/** By name, in the order of the documentation. */
export const CLIENT_AUTH_METHODS = {
  client_secret_basic: { secret: true, signsWith: undefined, header: 'authorization' },
  client_secret_post: { secret: true, signsWith: undefined, header: undefined },
  client_secret_jwt: { secret: true, signsWith: 'secret', header: undefined },
  private_key_jwt: { secret: false, signsWith: 'key', header: undefined },
  none: { secret: false, signsWith: undefined, header: undefined },
} as const satisfies Readonly<Record<ClientAuthMethod, MethodTraits>>;

export const CLIENT_AUTH_NAMES = Object.keys(CLIENT_AUTH_METHODS) as readonly ClientAuthMethod[];
