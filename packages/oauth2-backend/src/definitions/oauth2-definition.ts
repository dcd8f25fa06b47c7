/** What an application writes to say how tokens are got. */

import type { RequestContext } from '../request-context.js';
import type { TokenBackendDefinition } from './backend-definition.js';
import type { JwtSigningProfile } from './jwt-signing-profile.js';

/**
 * A user's token, or what the verification of one gave: the `auth` of express-oauth2-jwt-bearer, or jose's `payload` beside
 * the token. `undefined`: the user has none.
 */
export type SubjectToken = string | VerifiedToken | null | undefined;

/** A token whose signature, issuer, audience and life somebody has checked. */
export interface VerifiedToken {
  readonly token: string;
  /** Its claims. */
  readonly payload: object;
}

/** How the tokens of a backend are got. */
export interface OAuth2Definition {
  /**
   * On whose authority (RFC 6749 §1.3): the client's own (§4.4), a user's (§4.3), an assertion's
   * (RFC 7523 §2.1), the user's of the inbound request (RFC 8693).
   */
  readonly grant_type:
    | 'client_credentials'
    | 'password'
    | 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    | 'urn:ietf:params:oauth:grant-type:token-exchange';
  /** Absolute URL, or a path below the token backend. */
  readonly token_endpoint: string;
  /**
   * How the client proves itself (RFC 6749 §2.3.1, OpenID Connect Core §9). Default: `'client_secret_basic'`; with
   * jwt-bearer and token-exchange only when there is a `client_id`.
   */
  readonly token_endpoint_auth_method?:
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'client_secret_jwt'
    | 'private_key_jwt'
    | 'none'
    | undefined;
  /** Required unless the grant is jwt-bearer or token-exchange. */
  readonly client_id?: string | undefined;
  /** The secret, or a function that gives it for each token request; required unless the method does without. */
  readonly client_secret?: string | (() => string | Promise<string>) | undefined;
  /** The file that holds the secret instead; read for each token request, trimmed. */
  readonly client_secret_file?: string | undefined;
  /** The resource owner's name, for grant `password` only. */
  readonly username?: string | undefined;
  /** The resource owner's password, or a function that gives it for each token request; for grant `password` only. */
  readonly password?: string | (() => string | Promise<string>) | undefined;
  /** The file that holds the password instead; read for each token request, trimmed. */
  readonly password_file?: string | undefined;
  /** For jwt-bearer only: a JWT, or a function that makes one for the request, if there is one. */
  readonly assertion?: string | ((context: RequestContext | undefined) => string | Promise<string>) | undefined;
  /** The file that holds the assertion instead; read for each token request, trimmed. */
  readonly assertion_file?: string | undefined;
  /**
   * For token-exchange only (RFC 8693 §2.1): gives the user's token, or what its verification gave; nothing for a user
   * who has none. Default: the inbound request's bearer token.
   */
  readonly subject_token?: ((context: RequestContext | undefined) => SubjectToken | Promise<SubjectToken>) | undefined;
  /** What the user's token is (RFC 8693 §3). Default: `urn:ietf:params:oauth:token-type:access_token`. */
  readonly subject_token_type?: string | undefined;
  /** Takes nothing but what a verification gave, `{ token, payload }`. Default: false. */
  readonly require_verified_subject?: boolean | undefined;
  /** For token-exchange only: who acts for the user; a function makes it for the request. Needs `actor_token_type`. */
  readonly actor_token?: string | ((context: RequestContext | undefined) => string | Promise<string>) | undefined;
  /** The file that holds the actor's token instead; read for each token request, trimmed. */
  readonly actor_token_file?: string | undefined;
  /** What the actor's token is (RFC 8693 §3); both or neither. */
  readonly actor_token_type?: string | undefined;
  /** For token-exchange only: what is asked for (RFC 8693 §3); the answer must be that. */
  readonly requested_token_type?: string | undefined;
  /** Scope tokens separated by spaces (RFC 6749 §3.3). */
  readonly scope?: string | undefined;
  /** How often a request answered 401 is repeated with a new token, 0 to 255. Default: 1. */
  readonly retries?: number | undefined;
  /** The backend through which token requests go: the name of another one, or a definition. */
  readonly backend?: string | TokenBackendDefinition | undefined;
  /** How assertions are signed: the client's, else those of jwt-bearer. */
  readonly jwt_signing_profile?: JwtSigningProfile | undefined;
  /** Further form parameters of the token request. */
  readonly params?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  /** The authorization server's issuer identifier (RFC 8414 §2): the audience of client assertions. */
  readonly issuer?: string | undefined;
  /** Names whose token it is, where a function makes the assertion or its claims anew each time. */
  readonly subject?: ((context: RequestContext | undefined) => string | Promise<string>) | undefined;
  /** Duration: the life of a token whose answer names none. Default: `"5m"`. */
  readonly default_ttl?: string | undefined;
  /** Duration, or percent of the life: how long before its end a token is renewed. Default: `"25%"`. */
  readonly renew_before?: string | undefined;
  /** `'raw'` sends id and secret in Basic unescaped, for servers that do not decode. Default: `'form'`. */
  readonly basic_encoding?: 'form' | 'raw' | undefined;
  /** Allows a token endpoint over plain http outside loopback; warns once. Default: false. */
  readonly allow_http?: boolean | undefined;
}
