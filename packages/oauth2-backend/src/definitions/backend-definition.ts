/** What an application writes to define its backends. */

import type { TokenSource } from '../token.js';
import type { OAuth2Definition } from './oauth2-definition.js';
import type { TlsDefinition } from './tls-definition.js';

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
