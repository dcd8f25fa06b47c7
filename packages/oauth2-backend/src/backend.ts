/** One named backend as the application sees it. */

import { type BearerFetch, fetchCarrier } from './carriers/fetch.js';
import { type BackendGot, gotCarrier } from './carriers/got.js';
import { outboundCall } from './carriers/outbound-call.js';
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
