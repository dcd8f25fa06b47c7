/** One named backend as the application sees it. */

import type { IncomingMessage } from 'node:http';
import type { Dispatcher } from 'undici';
import { type BearerFetch, fetchCarrier } from './carriers/fetch.js';
import { type BackendGot, gotCarrier } from './carriers/got.js';
import { outboundCall } from './carriers/outbound-call.js';
import { type BearerRequest, requestCarrier } from './carriers/undici.js';
import type { RequestOptions } from './carriers/undici-options.js';
import { type ForwardCarrier, forwardCarrier } from './forward/forward.js';
import type { ForwardAnswer } from './forward/forward-answer.js';
import { type ForwardOptions, resolveForwardOptions } from './forward/forward-options.js';
import type { RequestContext } from './request-context.js';
import type { AccessToken } from './token.js';
import type { Upstream } from './upstream.js';

/** HTTP clients for one upstream that carry its token. */
export interface Backend {
  readonly name: string;
  /** Callable like got, with `.get` … `.stream`, `.paginate`, `.extend`; nothing is retried unless the call says so. */
  readonly got: BackendGot;
  /** Like the global `fetch`; relative inputs mean the backend's origin and `path_prefix`. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /**
   * The fastest: undici's `request`, with `{ statusCode, headers, body, trailers }` as its answer. A 4xx or 5xx is an answer,
   * and so is a redirect; the body must be read, or closed by `body.dump()`.
   */
  request(input: string | URL, options?: RequestOptions): Promise<Dispatcher.ResponseData>;
  /**
   * Sends an inbound request on, streamed, and gives the answer for its client: RFC 9110 §7.6, without the client's
   * `Authorization`, `Cookie` and `Proxy-*`. Authenticate the client before.
   *
   * @throws ConfigurationError for wrong options and a body that was read before; token errors; undici's own errors with
   * `statusCode` 502 or 504; ClientClosedError
   */
  forward(request: IncomingMessage, options?: ForwardOptions): Promise<ForwardAnswer>;
  /**
   * The token itself, for clients of another kind.
   *
   * @throws TokenRequestError, TokenTimeoutError; `ERR_OAUTH2_NO_TOKEN` for a backend without `oauth2`; the signal's own reason
   */
  token(options?: { signal?: AbortSignal | undefined }): Promise<AccessToken>;
}

/** A backend, tied to an inbound request when there is a context. Each client is made when first used. */
export function createBackend(upstream: Upstream, context?: RequestContext): Backend {
  const { name, bearer } = upstream;
  const settings = context ? { ...upstream.settings, context } : upstream.settings;
  let got: BackendGot | undefined;
  let fetch: BearerFetch | undefined;
  let request: BearerRequest | undefined;
  let forward: ForwardCarrier | undefined;

  return {
    name,
    get got() {
      got ??= gotCarrier(bearer, settings);
      return got;
    },
    fetch(input, init) {
      fetch ??= fetchCarrier(bearer, settings);
      return fetch(input, init);
    },
    request(input, options) {
      request ??= requestCarrier(bearer, settings);
      return request(input, options);
    },
    async forward(request, options) {
      forward ??= forwardCarrier(bearer, settings);
      return forward(request, resolveForwardOptions(options));
    },
    async token({ signal } = {}) {
      const current = bearer.current();
      if (!current) return waitForToken(signal);
      settings.begin(() => {})();
      return current;
    },
  };

  /** Released like a GET: by the signal, the inbound client's going away, the total limit. */
  async function waitForToken(signal: AbortSignal | undefined): Promise<AccessToken> {
    const call = outboundCall(bearer, settings, { method: 'GET', signal });
    try {
      return (await call.token()) ?? (await bearer.token({ signal: call.signal, context }));
    } finally {
      call.done();
    }
  }
}
