/** What a configuration means once it is validated and resolved; deeply frozen. */

import type { TokenSource } from '../token.js';
import type { ValueFunction } from './connection-definition.js';
import type { OAuth2Definition } from './oauth2-definition.js';
import type { ContextFunction, ResolvedCredential, ResolvedSigning } from './resolved-credentials.js';

/** A name with its values - of a header, a query or form parameter - in the order of the configuration. */
export type NamedValues = readonly (readonly [name: string, values: readonly string[]])[];

/** The same, where a function gives the values of some. */
export type ComputedValues = readonly (readonly [name: string, values: readonly string[] | ValueFunction])[];

/** All that is set and added, where at least one value is a function's. */
export interface ComputedModifiers {
  readonly headers: { readonly set: ComputedValues; readonly add: ComputedValues };
  readonly query: { readonly set: ComputedValues; readonly add: ComputedValues };
}

/** What a backend changes on the headers of each request, in this order: remove, set, add. Names are lower case. */
export interface HeaderModifiers {
  readonly remove: readonly string[];
  readonly set: NamedValues;
  readonly add: NamedValues;
}

/** What a backend changes on the query of each request, in this order: remove, set, add. Names and values are not encoded. */
export interface QueryModifiers {
  readonly remove: readonly string[];
  readonly set: NamedValues;
  readonly add: NamedValues;
}

/** A backend's time limits in milliseconds; 0 means no limit. */
export interface Timeouts {
  /** Look-up, TCP, CONNECT and TLS. */
  readonly connect: number;
  /** From the request written to the answer's headers. */
  readonly ttfb: number;
  /** From the call to the end of the body. */
  readonly total: number;
}

/** A proxy for a backend's requests. */
export interface ResolvedProxy {
  /** Its origin, without user info. */
  readonly url: string;
  /** `user:pass`, percent-decoded. */
  readonly credentials?: string;
}

/** A backend's own TLS material, PEM; files were read at construction. */
export interface ResolvedTls {
  /** Certificate authorities, added to the system's roots. */
  readonly ca?: string;
  /** The client's certificate, its chain included; never without `key`. */
  readonly cert?: string;
  readonly key?: string;
}

/** Where a token stands in a request. */
export interface TokenField {
  /** The header's name, lower case. */
  readonly header: string;
  /** What stands before the token: `Bearer `. */
  readonly prefix: string;
}

/** One upstream, ready to be used. */
export interface ResolvedBackend {
  /** The configured name; `<name>.oauth2.backend` for a token backend that has none of its own. */
  readonly name: string;
  /** Canonical, as `URL.origin` gives it. */
  readonly origin: string;
  /** `''` or `/v1/x`: canonical, without a trailing slash. */
  readonly pathPrefix: string;
  /** A host name without port, lower case: for the Host header and the TLS server name. */
  readonly hostname?: string;
  /** `user:pass`. */
  readonly basicAuth?: string;
  /** Where the token stands in a request; absent: behind `Bearer ` in `Authorization`. */
  readonly tokenField?: TokenField;
  readonly timeouts: Timeouts;
  /** Whether `timeout` was configured; `timeouts.total` is the default otherwise. */
  readonly explicitTimeout: boolean;
  /** Configured or from the environment, decided for this origin; absent: no proxy. */
  readonly proxy?: ResolvedProxy;
  readonly tls: ResolvedTls;
  readonly http2: boolean;
  /** Per client; 0 means no cap. */
  readonly maxConnections: number;
  /** Bytes of an answer's headers. */
  readonly maxHeaderSize: number;
  readonly reuseConnections: boolean;
  readonly validateCertificates: boolean;
  readonly headers: HeaderModifiers;
  readonly query: QueryModifiers;
  /** Present when functions give some of the values: then `headers` and `query` have only the others. */
  readonly computed?: ComputedModifiers | undefined;
  /** Which headers of an inbound request its outbound ones carry on; lower case. */
  readonly forwardHeaders: readonly string[];
  /** Whether the inbound client's going away aborts the request; `'safe'`: only methods that change nothing. */
  readonly abortOnDisconnect: 'safe' | boolean;
  /** How its token is asked for. Without it and `source` none is sent. */
  readonly oauth2?: ResolvedOAuth2;
  /** Given instead of a block: the caller's own object. */
  readonly source?: TokenSource;
}

/** What a token exchange says beside what every grant says (RFC 8693 §2.1). */
export interface ResolvedExchange {
  /** Absent: the inbound request's bearer token. What it gives is judged when it is called. */
  readonly subjectToken?: ContextFunction<unknown>;
  readonly subjectTokenType: string;
  /** Whether only what a verification gave is taken. */
  readonly verified: boolean;
  readonly actor?: {
    readonly token: string | ContextFunction<string> | { readonly file: string };
    readonly type: string;
  };
  readonly requestedTokenType?: string;
}

/** How a token is asked for, ready to be used. */
export interface ResolvedOAuth2 {
  readonly grantType:
    | 'client_credentials'
    | 'password'
    | 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    | 'urn:ietf:params:oauth:grant-type:token-exchange';
  /** Absolute: as configured, to the letter, or the configured path joined to the token backend. */
  readonly tokenEndpoint: string;
  /** `undefined` when the client is not named: jwt-bearer or token-exchange without `client_id`. */
  readonly clientAuth: OAuth2Definition['token_endpoint_auth_method'];
  readonly clientId?: string;
  /** Present where `clientAuth` needs one. `''` where `options.tokens` replaces the source and none was configured. */
  readonly clientSecret?: ResolvedCredential;
  /** Present with grant `password`. */
  readonly username?: string;
  /** Present with grant `password`. `''` as with `clientSecret`. */
  readonly password?: ResolvedCredential;
  /** Present with jwt-bearer, unless `signing` makes it. `''` as with `clientSecret`. */
  readonly assertion?: string | ContextFunction<string> | { readonly file: string };
  /** Present with token-exchange. */
  readonly exchange?: ResolvedExchange;
  readonly signing?: ResolvedSigning;
  /** Whose assertions `signing` makes: the client's authentication, or the grant's. Present with `signing`. */
  readonly signingFor?: 'client' | 'assertion';
  /** The authorization server's issuer identifier, to the letter. */
  readonly issuer?: string;
  /** Names whose token it is, where the assertion is made anew each time. */
  readonly subject?: ContextFunction<string>;
  /** Absent when none, or an empty one, was configured. */
  readonly scope?: string;
  readonly params: NamedValues;
  /** How often a resource request whose answer refuses the token is repeated. */
  readonly retries: number;
  /** The statuses of the API that refuse the token; at least one. */
  readonly refusedStatuses: readonly (401 | 403 | 404)[];
  /** What may be asked for when the API wants more than the token has; absent: nothing, its challenge stands. */
  readonly stepUp?: {
    /** The scope tokens that a challenge may name; empty: none. */
    readonly scopes: readonly string[];
    /** Whether a challenge's `claims` may be asked for. */
    readonly claims: boolean;
  };
  /** Milliseconds. */
  readonly defaultTtl: number;
  /** Whether `default_ttl` was configured. */
  readonly explicitTtl: boolean;
  /** How long before its end a token is renewed: a part of its life (0.25 is 25 %), or a fixed time. */
  readonly renewBefore: { readonly fraction: number } | { readonly milliseconds: number };
  /** Further token types that are Bearer; lower case. */
  readonly bearerTokenTypes?: readonly string[];
  readonly basicEncoding: 'form' | 'raw';
  /** Through which the token request goes. */
  readonly tokenBackend: ResolvedBackend;
}

/** A whole configuration, ready to be used. */
export interface Resolved {
  /** The named backends in the order of the configuration. */
  readonly backends: readonly ResolvedBackend[];
  /** One line each, for the log: what is allowed but better known, such as `allow_http`. */
  readonly warnings: readonly string[];
}
