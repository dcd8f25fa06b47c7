/** The token on the requests of a dispatcher that is not ours. */

import type { Dispatcher } from 'undici';
import type { Bearer } from '../../bearer/bearer.js';
import { startDispatch } from './interceptor.js';

/**
 * An interceptor that puts a bearer's token on what goes below its origin and prefix, and refuses everything else.
 * A 401 is repeated with a new token when the body is none, text or bytes. Compose it before `interceptors.redirect` and
 * `interceptors.retry`, so that each hop and attempt passes through it; redirects that are composed before it are not
 * followed, because nobody could check them.
 *
 * @example
 * const agent = new Agent().compose(bearerInterceptor(bearer(source, { origin })), interceptors.redirect({ maxRedirections: 3 }));
 * await agent.request({ origin, path: '/invoices', method: 'GET' });
 * @throws from the request: OriginError, AuthorizationHeaderError before anything is sent; token errors; the signal's own reason
 */
export function bearerInterceptor(bearer: Bearer): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) =>
    function dispatchWithToken(options, handler) {
      return startDispatch({ bearer, dispatch, options, handler });
    };
}
