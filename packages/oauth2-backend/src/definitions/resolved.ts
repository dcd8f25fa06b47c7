/** What a configuration means once it is validated and resolved; deeply frozen. */

import type { TokenSource } from '../token.js';

/** A header's or form parameter's name with its values, in the order of the configuration. */
export type NamedValues = readonly (readonly [name: string, values: readonly string[]])[];

/** What a backend changes on the headers of each request, in this order: remove, set, add. Names are lower case. */
export interface HeaderModifiers {
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

/** One upstream, ready to be used. */
export interface ResolvedBackend {
  /** The configured name; `<name>.oauth2.backend` for a token backend that has none of its own. */
  readonly name: string;
  /** Canonical, as `URL.origin` gives it. */
  readonly origin: string;
  /** `''` or `/v1/x`: canonical, without a trailing slash. */
  readonly pathPrefix: string;
  readonly timeouts: Timeouts;
  /** Whether `timeout` was configured; `timeouts.total` is the default otherwise. */
  readonly explicitTimeout: boolean;
  readonly headers: HeaderModifiers;
  /** Whether the inbound client's going away aborts the request; `'safe'`: only methods that change nothing. */
  readonly abortOnDisconnect: 'safe' | boolean;
  /** Where the token comes from; absent for a backend that sends none. A given `TokenSource` is the caller's own object. */
  readonly oauth2?: ResolvedOAuth2 | TokenSource;
}

/** How a token is asked for, ready to be used. */
export interface ResolvedOAuth2 {
  readonly grantType: 'client_credentials';
  /** Absolute: as configured, to the letter, or the configured path joined to the token backend. */
  readonly tokenEndpoint: string;
  readonly clientAuth: 'client_secret_basic' | 'client_secret_post';
  readonly clientId: string;
  /** A secret, or what gives it for each token request. `''` where `options.tokens` replaces the source and none was configured. */
  readonly clientSecret: string | (() => string | Promise<string>);
  /** Absent when none, or an empty one, was configured. */
  readonly scope?: string;
  readonly params: NamedValues;
  /** How often a resource request answered 401 is repeated. */
  readonly retries: number;
  /** Milliseconds. */
  readonly defaultTtl: number;
  /** How long before its end a token is renewed: a part of its life (0.25 is 25 %), or a fixed time. */
  readonly renewBefore: { readonly fraction: number } | { readonly milliseconds: number };
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
