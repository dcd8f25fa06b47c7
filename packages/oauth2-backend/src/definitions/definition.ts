/** What an application writes to define its backends. */

import type { RequestContext, TokenSource } from '../token.js';
import type { SignatureAlgorithm } from './signing-key.js';

/** Names, of headers or query parameters, with one value or several. */
type ValuesByName = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A named upstream: where it is, how requests to it are made and whose token they carry. */
export interface BackendDefinition {
  /** `scheme://host[:port]`; the only origin that ever sees the token. */
  readonly origin: string;
  /** Allows plain http with `oauth2` outside loopback; warns once. Default: false. */
  readonly allow_http?: boolean | undefined;
  /** Prefixes every path, starts with `/`; a request cannot climb out of it. */
  readonly path_prefix?: string | undefined;
  /** A host name for the Host header and the TLS server name, instead of the host in `origin`. */
  readonly hostname?: string | undefined;
  /** `user:pass`, sent by HTTP Basic (RFC 7617); not together with `oauth2`. */
  readonly basic_auth?: string | undefined;
  /** Duration for look-up, TCP, the proxy and TLS; `"0s"`: no limit. Default: `"10s"`. */
  readonly connect_timeout?: string | undefined;
  /** Duration from the request written to the answer's headers; `"0s"`: no limit. Default: `"60s"`. */
  readonly ttfb_timeout?: string | undefined;
  /** Duration from the call to the end of the body; `"0s"`: no limit. Default: `"300s"`. */
  readonly timeout?: string | undefined;
  /** `http` or `https` URL, user info allowed. Default: what `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY` say at construction. */
  readonly proxy?: string | undefined;
  /** Certificate authorities and a client certificate. */
  readonly tls?: TlsDefinition | undefined;
  /** HTTP/2 where the server speaks it, but not in `got`. Default: false. */
  readonly http2?: boolean | undefined;
  /** At most so many connections at a time for each client (`got`, `fetch` and `request`). Default: 0, no cap. */
  readonly max_connections?: number | undefined;
  /** A new connection for each request. Default: false. */
  readonly disable_connection_reuse?: boolean | undefined;
  /** Takes any certificate of the server; warns once. Default: false. */
  readonly disable_certificate_validation?: boolean | undefined;
  /** Headers that are taken off each request. */
  readonly remove_request_headers?: readonly string[] | undefined;
  /** Headers that replace those of each request. */
  readonly set_request_headers?: ValuesByName | undefined;
  /** Headers that are added to those of each request. */
  readonly add_request_headers?: ValuesByName | undefined;
  /**
   * Headers of the inbound request that each outbound one carries on, unless the call sets them: `x-request-id`,
   * `traceparent`, …; no credentials, framing or connection headers. Not on token requests.
   */
  readonly forward_headers?: readonly string[] | undefined;
  /** Query parameters that are taken off each request. */
  readonly remove_query_params?: readonly string[] | undefined;
  /** Query parameters that replace those of each request. */
  readonly set_query_params?: ValuesByName | undefined;
  /** Query parameters that are added to those of each request. */
  readonly add_query_params?: ValuesByName | undefined;
  /** Whether the inbound client's going away aborts the request; `'safe'`: only GET, HEAD, OPTIONS. Default: `'safe'`. */
  readonly abort_on_disconnect?: 'safe' | boolean | undefined;
  /** How tokens are got, or what gives them; without it requests carry none. */
  readonly oauth2?: OAuth2Definition | TokenSource | undefined;
}

/** The backend through which a token request goes; without `origin` it has the token endpoint's. */
export type TokenBackendDefinition = Omit<BackendDefinition, 'origin' | 'forward_headers'> & {
  readonly origin?: string | undefined;
};

/** Backends by name: letters, digits, `_` and `-`, a letter first. */
export type BackendDefinitions = Readonly<Record<string, BackendDefinition>>;

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

type Members = Readonly<Record<string, unknown>>;

/** How an assertion is made: the client's authentication (RFC 7523 §2.2) or the grant of jwt-bearer (§2.1). */
export interface JwtSigningProfile {
  /** `HS*`, `RS*`, `PS*` or `ES*` with 256, 384 or 512; `EdDSA`, `Ed25519` (RFC 7518 §3.1, RFC 8037, RFC 9864). */
  readonly signature_algorithm: SignatureAlgorithm;
  /** Private key as PEM or JWK, the secret for `HS*`; not with `client_secret_jwt`, where the client secret is the key. */
  readonly key?: string | Members | undefined;
  /** The file that holds the key instead; looked at again for each token request. */
  readonly key_file?: string | undefined;
  /** Duration, at least `"1s"`: the life of an assertion. */
  readonly ttl: string;
  /**
   * Client assertion: added to its own, of which they may override `aud` only; a function gets no context.
   * jwt-bearer assertion: its claims, `exp` apart; a function gets the context of the request, if there is one.
   */
  readonly claims?: Members | ((context: RequestContext | undefined) => Members | Promise<Members>) | undefined;
  /** `typ` (default: `JWT`), `kid`, …; not `alg`, `b64`, `crit`. */
  readonly headers?: Members | (() => Members | Promise<Members>) | undefined;
}

/** A backend's own TLS material: PEM, by value or by the path of a file that is read at construction. */
export interface TlsDefinition {
  /** Certificate authorities, one or several, trusted beside the system's. */
  readonly server_ca_certificate?: string | undefined;
  readonly server_ca_certificate_file?: string | undefined;
  /** The client's certificate, its chain behind it; needs the private key. */
  readonly client_certificate?: string | undefined;
  readonly client_certificate_file?: string | undefined;
  /** The private key of the client's certificate, not encrypted. */
  readonly client_private_key?: string | undefined;
  readonly client_private_key_file?: string | undefined;
}
