/** What an application writes to say how requests to an upstream are made. */

import type { RequestContext } from '../token.js';
import type { TlsDefinition } from './tls-definition.js';

/** Names, of headers or query parameters, with one value or several. */
export type ValuesByName = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Gives a value, or several, for each call; `undefined` leaves the name out. It may be async, and gets no context on a token
 * backend and where there is no inbound request.
 */
export type ValueFunction = (
  context: RequestContext | undefined,
) => string | readonly string[] | undefined | Promise<string | readonly string[] | undefined>;

/** The same, where a function may give the value. */
type ModifiersByName = Readonly<Record<string, string | readonly string[] | ValueFunction | undefined>>;

/** How requests to an upstream are made: where below its origin, over which connections, what is changed on each. */
export interface ConnectionDefinition {
  /** Plain http with `oauth2` outside loopback (service mesh, tests); one warning at start. @default false */
  readonly allow_http?: boolean | undefined;
  /** Path: prefixes every path, starts with `/`; a request cannot climb out of it. */
  readonly path_prefix?: string | undefined;
  /** Host name: for the Host header and the TLS server name, instead of the host in `origin`. */
  readonly hostname?: string | undefined;
  /** `user:pass`: sent by HTTP Basic (RFC 7617); together with `oauth2` only beside `token_header`. */
  readonly basic_auth?: string | undefined;
  /**
   * Header name: the header that carries the token, for APIs that want another (`x-amz-access-token`). All that is said of
   * `Authorization` then holds for it, and `Authorization` is a header like others, which `basic_auth` may set. Needs
   * `oauth2`.
   * @default "authorization"
   */
  readonly token_header?: string | undefined;
  /** What stands before the token in that header, to the letter: `"Token "`, or `""` for the token alone. @default "Bearer " */
  readonly token_prefix?: string | undefined;
  /** Duration: for look-up, TCP, the proxy and TLS; `"0s"`: no limit. @default "10s" */
  readonly connect_timeout?: string | undefined;
  /** Duration: from the request written to the answer's headers; `"0s"`: no limit. @default "60s" */
  readonly ttfb_timeout?: string | undefined;
  /**
   * Duration: from the call to the end of the body, waiting for the token and repeats included; `"0s"`: no limit. On a
   * token backend also the time for a renewal, which is 10 s otherwise.
   * @default "300s"
   */
  readonly timeout?: string | undefined;
  /**
   * URL: `http` or `https`, user info allowed; else what `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` of the environment say,
   * read at start.
   */
  readonly proxy?: string | undefined;
  /** Certificate authorities and a client certificate. */
  readonly tls?: TlsDefinition | undefined;
  /**
   * HTTP/2 where the server speaks it, for `fetch`, `request`, `forward` and token requests, many at a time over one
   * connection; not in `got`. What only HTTP/1.1 has - upgrades, headers like `Proxy-Connection` - goes over HTTP/1.1, whose
   * connections `max_connections` counts apart. @default false
   */
  readonly http2?: boolean | undefined;
  /**
   * Integer: at most so many connections at a time, counted for `got` and for WebSockets apart from `fetch` and `request`, and
   * over HTTP/1.1 apart for requests repeated because a connection died; 0: no cap.
   * @default 0
   */
  readonly max_connections?: number | undefined;
  /** A new connection for each request. @default false */
  readonly disable_connection_reuse?: boolean | undefined;
  /** The server's certificate is not checked; one warning at start. @default false */
  readonly disable_certificate_validation?: boolean | undefined;
  /** Array of header names: taken off each request, before the next two. */
  readonly remove_request_headers?: readonly string[] | undefined;
  /**
   * Headers that replace the request's own. A function is called for each call, with the request context, and may be async;
   * where it gives `undefined` there is no such header, and what an inbound client sent by this name never gets through.
   */
  readonly set_request_headers?: ModifiersByName | undefined;
  /** Headers that are added to the request's own; functions as above. */
  readonly add_request_headers?: ModifiersByName | undefined;
  /**
   * Array of header names: carried on from the inbound request where the call does not set them (`x-request-id`,
   * `traceparent`, …), before the three above; no credentials, framing or connection headers; not on token requests.
   */
  readonly forward_headers?: readonly string[] | undefined;
  /** Array of names: taken off each request's query, before the next two. */
  readonly remove_query_params?: readonly string[] | undefined;
  /** Query parameters that replace the request's own; functions as above. */
  readonly set_query_params?: ModifiersByName | undefined;
  /** Query parameters that are added to the request's own; functions as above. */
  readonly add_query_params?: ModifiersByName | undefined;
  /**
   * Integer: bytes of the headers of an answer; one with more is an error, in each client; over HTTP/2 Node takes no more
   * than 128 KiB. @default 65536
   */
  readonly max_response_header_size?: number | undefined;
  /**
   * When the inbound client goes away: `"safe"` aborts GET, HEAD, OPTIONS and `forward`; `true` all; `false` none.
   * @default "safe"
   */
  readonly abort_on_disconnect?: 'safe' | boolean | undefined;
}
