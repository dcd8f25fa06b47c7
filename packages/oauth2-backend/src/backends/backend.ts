/** One named backend as the application sees it. */

import type { IncomingMessage } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Bearer } from '../bearer/bearer.js';
import { type AuthorizationRequest, authorizer, type TokenOptions, tokenGiver } from '../clients/credentials.js';
import { type BearerFetch, fetchClient } from '../clients/fetch/fetch-client.js';
import type { ForwardAnswer } from '../clients/forward/forward-answer.js';
import { forwardClient } from '../clients/forward/forward-client.js';
import { type ForwardOptions, resolveForwardOptions } from '../clients/forward/options.js';
import { type BackendGot, gotClient } from '../clients/got/got-client.js';
import type { RequestOptions } from '../clients/request/options.js';
import { type BearerRequest, requestClient } from '../clients/request/request-client.js';
import type { ClientSettings } from '../outbound/settings.js';
import type { AccessToken, RequestContext } from '../token.js';
import type { Upstream } from './upstream.js';

/** HTTP clients for one upstream that carry its token. */
export interface Backend {
  readonly name: string;
  /** Callable like got, with `.get` … `.stream`, `.paginate`, `.extend`; nothing is retried unless the call says so. */
  readonly got: BackendGot;
  /**
   * Like the global `fetch`; relative inputs mean the backend's origin and `path_prefix`. A `Request` with a body is sent
   * once, also when the answer refuses the token: its body is a stream. The body in `init` can be sent again.
   */
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
  token(options?: TokenOptions): Promise<AccessToken>;
  /**
   * The headers, in lower case, that carry the token to one request of a client of another kind: axios, gRPC, a WebSocket.
   * Ask for each request, and send the headers to that URL only. `{}` without `oauth2`, or the header of `basic_auth`.
   *
   * @example
   * const headers = await billing.authorization({ method: 'GET', url: 'invoices' });
   * @throws OriginError for a URL that is not the backend's; else as `token()`
   */
  authorization(request: AuthorizationRequest): Promise<Record<string, string>>;
}

/** A backend, tied to an inbound request when there is a context. Each client is made when first used. */
export function createBackend(upstream: Upstream, context?: RequestContext): Backend {
  return new TiedBackend(upstream, context);
}

/**
 * A class, because there is one for each request. Its members are functions that need no `this`, so that
 * `const { fetch } = req.backends.billing` works.
 */
class TiedBackend implements Backend {
  readonly name: string;
  readonly #bearer: Bearer;
  readonly #settings: ClientSettings;
  #got: BackendGot | undefined;
  #fetch: BearerFetch | undefined;
  #request: BearerRequest | undefined;
  #forward: Backend['forward'] | undefined;

  constructor({ name, bearer, settings }: Upstream, context: RequestContext | undefined) {
    this.name = name;
    this.#bearer = bearer;
    this.#settings = context ? { ...settings, context } : settings;
  }

  get got(): BackendGot {
    this.#got ??= gotClient(this.#bearer, this.#settings);
    return this.#got;
  }

  get fetch(): BearerFetch {
    this.#fetch ??= fetchClient(this.#bearer, this.#settings);
    return this.#fetch;
  }

  get request(): BearerRequest {
    this.#request ??= requestClient(this.#bearer, this.#settings);
    return this.#request;
  }

  get forward(): Backend['forward'] {
    this.#forward ??= this.#makeForward();
    return this.#forward;
  }

  get token(): Backend['token'] {
    return tokenGiver(this.#bearer, this.#settings);
  }

  get authorization(): Backend['authorization'] {
    return authorizer(this.#bearer, this.#settings);
  }

  #makeForward(): Backend['forward'] {
    const forward = forwardClient(this.#bearer, this.#settings);
    return async (request, options) => forward(request, resolveForwardOptions(options));
  }
}
