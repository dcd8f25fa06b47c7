/** Who may ask the authorization server for tokens: one client for each way to authenticate, and two users. */
import type { JWK } from 'jose';

/** Everything that is secret here is this word, or begins with it: it protects nothing. */
export const SECRET = 'playground';
/** A secret that signs by HS256 has 32 bytes or more (RFC 7518 §3.2). */
export const HMAC_SECRET = `${SECRET}-with-thirty-two-bytes-or-more`;

export const USERS: Readonly<Record<string, string>> = { amy: SECRET, bob: SECRET };

/** The service account whose assertions grant jwt-bearer takes. */
export const ROBOT = 'robot';

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The metadata of RFC 7591 §2. */
export interface Client {
  readonly client_id: string;
  /** Changed by a knob. */
  client_secret?: string;
  readonly token_endpoint_auth_method: string;
  readonly token_endpoint_auth_signing_alg?: string;
  readonly grant_types: readonly string[];
  readonly jwks?: { readonly keys: readonly JWK[] };
}

const users = ['password', 'refresh_token', JWT_BEARER, TOKEN_EXCHANGE];
const grant_types = ['client_credentials', ...users];

/** @param key the public one of the client that authenticates by `private_key_jwt` */
export function playgroundClients(key: JWK): readonly Client[] {
  return [
    { client_id: 'shop', client_secret: SECRET, token_endpoint_auth_method: 'client_secret_basic', grant_types },
    { client_id: 'shop-post', client_secret: SECRET, token_endpoint_auth_method: 'client_secret_post', grant_types },
    {
      client_id: 'shop-secret-jwt',
      client_secret: HMAC_SECRET,
      token_endpoint_auth_method: 'client_secret_jwt',
      token_endpoint_auth_signing_alg: 'HS256',
      grant_types,
    },
    {
      client_id: 'shop-key-jwt',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [key] },
      grant_types,
    },
    // A public client proves nothing: it has no tokens of its own (RFC 6749 §4.4).
    { client_id: 'shop-public', token_endpoint_auth_method: 'none', grant_types: users },
  ];
}

/** The names by which people call the grants that have long ones. */
export const SHORT_GRANTS: Readonly<Record<string, string>> = {
  [JWT_BEARER]: 'jwt-bearer',
  [TOKEN_EXCHANGE]: 'token-exchange',
};
