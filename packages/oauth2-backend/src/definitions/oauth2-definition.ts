/** What an application writes to say how the tokens of a backend are got. */

import type { RequestContext, TokenSource } from '../token.js';
import type { ConnectionDefinition, ValuesByName } from './connection-definition.js';
import type { JwtSigningProfile } from './jwt-signing-profile.js';

/** How the tokens of a backend are got. */
export interface OAuth2Definition {
  /**
   * String: on whose authority tokens are asked for (RFC 6749 §1.3): the client's own with `client_credentials`, a user's
   * with `password`, an assertion's with `urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523 §2.1), that of the inbound
   * request's user with `urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693).
   */
  readonly grant_type:
    | 'client_credentials'
    | 'password'
    | 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    | 'urn:ietf:params:oauth:grant-type:token-exchange'
    | (string & Record<never, never>);
  /** URL or path: absolute, used verbatim; or a path below the token backend's `origin` and `path_prefix`. */
  readonly token_endpoint: string;
  /**
   * String: how the client proves itself (RFC 6749 §2.3.1, OpenID Connect Core §9): `client_secret_basic`,
   * `client_secret_post`, `client_secret_jwt`, `private_key_jwt`, or `none` (not with `client_credentials`).
   * @default "client_secret_basic"
   */
  readonly token_endpoint_auth_method?:
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'client_secret_jwt'
    | 'private_key_jwt'
    | 'none'
    | undefined;
  /**
   * The client's identifier; required unless the grant is jwt-bearer or token-exchange, where the client is authenticated
   * only with it.
   */
  readonly client_id?: string | undefined;
  /**
   * The client's secret, or a function, async or not, that gives it for each token request; required, but not for
   * `private_key_jwt` and `none`, where it is refused.
   */
  readonly client_secret?: string | (() => string | Promise<string>) | undefined;
  /** Path: the file that holds the secret instead; read for each token request, without white space around it. */
  readonly client_secret_file?: string | undefined;
  /** The user's name; required for grant `password`, refused for others. */
  readonly username?: string | undefined;
  /**
   * The user's password, or a function, async or not, that gives it for each token request; required for grant
   * `password`, refused for others.
   */
  readonly password?: string | (() => string | Promise<string>) | undefined;
  /** Path: the file that holds the password instead, like `client_secret_file`. */
  readonly password_file?: string | undefined;
  /**
   * For grant jwt-bearer only: a JWT, or a function, async or not, that makes one of the request's context, if there is
   * one, and gives nothing for a user who has none; required unless a `jwt_signing_profile` makes it.
   */
  readonly assertion?: string | ((context: RequestContext | undefined) => Assertion | Promise<Assertion>) | undefined;
  /** Path: the file that holds the assertion instead, like `client_secret_file`. */
  readonly assertion_file?: string | undefined;
  /**
   * For grant token-exchange only: gives, of the request's context, the user's token, or what its verification gave,
   * `{ token, payload }`; nothing for a user who has none. Without it, the inbound request's bearer token.
   */
  readonly subject_token?: ((context: RequestContext | undefined) => SubjectToken | Promise<SubjectToken>) | undefined;
  /**
   * URI: what the user's token is (RFC 8693 §3); `urn:ietf:params:oauth:token-type:jwt`, `…:id_token`, …
   * @default "urn:ietf:params:oauth:token-type:access_token"
   */
  readonly subject_token_type?: string | undefined;
  /**
   * Takes nothing but what a verification gave, `{ token, payload }`: the header of the inbound request is not used, a
   * string is refused.
   * @default false
   */
  readonly require_verified_subject?: boolean | undefined;
  /**
   * For grant token-exchange only: who acts for the user, where the server wants to know; a function, async or not, makes
   * it of the request's context.
   */
  readonly actor_token?: string | ((context: RequestContext | undefined) => string | Promise<string>) | undefined;
  /** Path: the file that holds the actor's token instead, like `client_secret_file`. */
  readonly actor_token_file?: string | undefined;
  /** URI: what the actor's token is (RFC 8693 §3); both or neither. */
  readonly actor_token_type?: string | undefined;
  /**
   * URI: for grant token-exchange only: what is asked for (RFC 8693 §3); the answer must be that. Without it, an access
   * token or a JWT.
   */
  readonly requested_token_type?: string | undefined;
  /** Scope tokens separated by spaces (RFC 6749 §3.3); an empty one is not sent. */
  readonly scope?: string | undefined;
  /** Integer, 0 to 255: how often a request whose answer refuses the token is repeated with a new one. @default 1 */
  readonly retries?: number | undefined;
  /**
   * Array of 401, 403, 404: the statuses by which the API refuses the token, for APIs that answer 403 or 404 to an expired
   * or revoked one.
   * @default [401]
   */
  readonly refused_statuses?: readonly (401 | 403 | 404)[] | undefined;
  /** What may be asked for when the API's challenge wants more than the token has; without it such a challenge stands. */
  readonly step_up?: StepUpDefinition | undefined;
  /**
   * Name or block: through which token requests go: another backend, or a definition that may leave `origin` out; else one
   * made from the token endpoint's origin.
   */
  readonly backend?: string | TokenBackendDefinition | undefined;
  /**
   * How assertions are signed: those of `client_secret_jwt` and `private_key_jwt`, else those of jwt-bearer; refused where
   * it would do nothing.
   */
  readonly jwt_signing_profile?: JwtSigningProfile | undefined;
  /** Further form parameters of the token request (`audience`, `resource`, …); one warning for a `resource` that is no URI. */
  readonly params?: ValuesByName | undefined;
  /**
   * URL: the authorization server's issuer identifier (RFC 8414 §2): the audience of client assertions (RFC 10070). Without
   * it that is the token endpoint, and one warning says so at start unless the profile's `claims` set `aud`.
   */
  readonly issuer?: string | undefined;
  /** Names whose token it is, of the request's context, where a function makes the assertion, its claims or an exchange's tokens anew each time. */
  readonly subject?: ((context: RequestContext | undefined) => string | Promise<string>) | undefined;
  /** Duration: the life of a token whose answer names none. @default "5m" */
  readonly default_ttl?: string | undefined;
  /** Duration or percent: how long before its end a token is renewed in the background; more than 0, at most 90 %. @default "25%" */
  readonly renew_before?: string | undefined;
  /**
   * Array of strings: further `token_type`s of answers whose tokens are sent as Bearer, in any case: `BearerToken`,
   * `Application Access Token`; not `DPoP`, `mac`, `pop`, `N_A`. An absent or blank type is Bearer.
   */
  readonly bearer_token_types?: readonly string[] | undefined;
  /** `"raw"` sends id and secret in Basic unescaped, for servers that do not decode. @default "form" */
  readonly basic_encoding?: 'form' | 'raw' | undefined;
  /** A token endpoint over plain http outside loopback; one warning at start. @default false */
  readonly allow_http?: boolean | undefined;
}

/** What may be asked for when an API wants more than the token has; at least one of the two. */
export interface StepUpDefinition {
  /**
   * Array of scope tokens: those that an `insufficient_scope` challenge (RFC 6750 §3.1) may ask for; when all it names are
   * among them, one token is asked for with these beside `scope`, and the request is repeated with it.
   */
  readonly scopes?: readonly string[] | undefined;
  /** The `claims` of an `insufficient_claims` challenge are asked for once, and the request is repeated. @default false */
  readonly claims?: boolean | undefined;
}

/** The backend through which a token request goes; without `origin` it has the token endpoint's. */
export interface TokenBackendDefinition extends Omit<ConnectionDefinition, 'forward_headers'> {
  /** `scheme://host[:port]`: where token requests go; without it, to the token endpoint's origin. */
  readonly origin?: string | undefined;
  /** How token requests get a token of their own, where the token endpoint wants one. */
  readonly oauth2?: OAuth2Definition | TokenSource | undefined;
}

type Assertion = string | null | undefined;

/**
 * A user's token, or what the verification of one gave: the `auth` of express-oauth2-jwt-bearer, or jose's `payload` beside
 * the token. `undefined`: the user has none.
 */
export type SubjectToken = string | VerifiedToken | null | undefined;

/** A token whose signature, issuer, audience and life somebody has checked. */
export interface VerifiedToken {
  readonly token: string;
  /** Its claims, as the verification gave them. */
  readonly payload: object;
}
