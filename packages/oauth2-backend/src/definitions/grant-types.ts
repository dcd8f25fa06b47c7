/** The grants by the names they have on the wire, and what goes with each. */

import type { OAuth2Definition } from './oauth2-definition.js';

/** RFC 7523 §2.1. */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** RFC 8693 §2.1. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

interface GrantTraits {
  /** The attributes that not every grant has. */
  readonly own: readonly (keyof OAuth2Definition)[];
  /** The client is authenticated only when it is named (RFC 7521 §4.1, RFC 8693 §2.1). */
  readonly clientOptional: boolean;
}

/** By name, in the order of the documentation. */
export const GRANTS = {
  client_credentials: { own: [], clientOptional: false },
  password: { own: ['username', 'password', 'password_file'], clientOptional: false },
  [JWT_BEARER]: { own: ['assertion', 'assertion_file', 'subject'], clientOptional: true },
  [TOKEN_EXCHANGE]: {
    own: [
      'subject_token',
      'subject_token_type',
      'require_verified_subject',
      'actor_token',
      'actor_token_file',
      'actor_token_type',
      'requested_token_type',
      'subject',
    ],
    clientOptional: true,
  },
} as const satisfies Readonly<Record<string, GrantTraits>>;

export type GrantType = keyof typeof GRANTS;

export const GRANT_TYPES = Object.keys(GRANTS) as readonly GrantType[];

/** Whether the grant does without a client; `false` while the configuration does not say which it is. */
export function isClientOptional(grantType: GrantType | undefined): boolean {
  return grantType !== undefined && GRANTS[grantType].clientOptional;
}
