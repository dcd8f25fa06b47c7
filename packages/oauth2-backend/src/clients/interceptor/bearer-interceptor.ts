/** An interceptor for a dispatcher that is not ours: each request gets the token, a 401 is repeated. */

import { DecoratorHandler, type Dispatcher, errors } from 'undici';
import type { Bearer } from '../../bearer/bearer.js';
import type { Repeats } from '../../bearer/refusals.js';
import { Call, sharedSignal } from '../../outbound/call.js';
import type { AccessToken, TokenQuery } from '../../token.js';
import { NO_QUERY } from '../../token-request/own-query.js';
import { inKeptContext, keepContext, requestCreated } from '../../transport/trace-headers.js';
import { type CheckedRequest, checkRequest } from './checked-request.js';
import { StableController } from './controller.js';
import { HeldAttempt, type HeldAttemptOwner } from './held-attempt.js';

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

interface DispatchCall {
  readonly bearer: Bearer;
  readonly dispatch: Dispatcher.Dispatch;
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
}

/** Dispatches with the token. What goes wrong is told to the handler: it may be one that follows redirects. */
function startDispatch({ bearer, dispatch, options, handler }: DispatchCall): boolean {
  // Under `compose` it always speaks the newer interface.
  const modern = handler.onRequestStart ? handler : (new DecoratorHandler(handler) as Dispatcher.DispatchHandler);
  let request: CheckedRequest;
  try {
    request = checkRequest(options, bearer);
  } catch (error) {
    modern.onResponseError?.(new StableController(() => {}), error as Error);
    return false;
  }
  return new TokenDispatch(bearer, dispatch, request, modern).start();
}

class TokenDispatch implements HeldAttemptOwner {
  readonly handler: Dispatcher.DispatchHandler;
  readonly controller = new StableController((reason) => this.#onAbort(reason));
  readonly #bearer: Bearer;
  readonly #dispatch: Dispatcher.Dispatch;
  readonly #request: CheckedRequest;
  readonly #context: object = {};
  #token: AccessToken | undefined;
  #attempt: HeldAttempt | undefined;
  #wait: Call | undefined;
  #repeats: Repeats | undefined;
  #told = false;
  #over = false;

  constructor(
    bearer: Bearer,
    dispatch: Dispatcher.Dispatch,
    request: CheckedRequest,
    handler: Dispatcher.DispatchHandler,
  ) {
    this.#bearer = bearer;
    this.#dispatch = dispatch;
    this.#request = request;
    this.handler = handler;
  }

  start(): boolean {
    // A repeat is sent by what the answer has called.
    if (requestCreated.hasSubscribers) keepContext(this.#request.sent);
    try {
      const token = this.#bearer.hasToken ? this.#bearer.current() : undefined;
      if (token || !this.#bearer.hasToken) return this.#send(token);
    } catch (error) {
      this.#fail(error);
      return false;
    }
    // From now on the handler can leave, though there is no connection yet.
    this.tellStart({});
    if (!this.#over) void this.#waitForToken();
    return true;
  }

  /** The handler hears of one start; what later ones say of their context it finds in the first one's. */
  tellStart(context: object): void {
    Object.assign(this.#context, context);
    if (this.#told) return;
    this.#told = true;
    this.handler.onRequestStart?.(this.controller, this.#context);
  }

  /** A 401 that is held back: repeats, or passes it on. */
  async onRefused(attempt: HeldAttempt, status: number, challenges: string | string[] | undefined): Promise<void> {
    const token = this.#token;
    if (!token) return;
    this.#repeats ??= { renewed: 0 };
    const repeats = this.#repeats;
    const { replayable } = this.#request;
    try {
      const next = await this.#whileWaiting((query) =>
        this.#bearer.afterRefusal({ token, status, challenges, replayable, repeats, query }),
      );
      if (this.#over) return;
      if (!next) {
        attempt.pass();
        return;
      }
      await attempt.drop();
      if (!this.#over) this.#send(next);
    } catch (error) {
      attempt.abandon();
      this.#fail(error);
    }
  }

  get over(): boolean {
    return this.#over;
  }

  isRefused(status: number): boolean {
    return this.#token !== undefined && this.#bearer.isRefused(this.#token, status);
  }

  #send(token: AccessToken | undefined): boolean {
    const { sent, headers } = this.#request;
    this.#token = token;
    this.#attempt = new HeldAttempt(this);
    const { header, prefix } = this.#bearer.field;
    const own = token ? { ...headers, [header]: prefix + token.value } : headers;
    const request = { ...sent, headers: own };
    const attempt = this.#attempt;
    try {
      if (!requestCreated.hasSubscribers) return this.#dispatch(request, attempt);
      return inKeptContext(sent, () => this.#dispatch(request, attempt));
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  async #waitForToken(): Promise<void> {
    try {
      const token = await this.#whileWaiting((query) => this.#bearer.token(query, this.#request.replayable));
      if (!this.#over) this.#send(token);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #whileWaiting<T>(ask: (query: TokenQuery) => Promise<T>): Promise<T> {
    const wait = new Call({
      signals: [sharedSignal(this.#request.signal)],
      timeout: 0,
      late: () => undefined,
      onAbort: (reason) => this.controller.abort(reason as Error),
      onDone: undefined,
    });
    this.#wait = wait;
    try {
      if (wait.aborted) throw wait.reason;
      return await ask({ ...NO_QUERY, signal: wait.signal });
    } finally {
      wait.done();
      this.#wait = undefined;
    }
  }

  #onAbort(reason: unknown): void {
    if (this.#attempt?.passing) this.#attempt.abort(reason);
    else {
      this.#attempt?.abandon();
      this.#fail(reason ?? new errors.RequestAbortedError());
      this.#wait?.abort(reason);
      this.#wait?.done();
    }
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.handler.onResponseError?.(this.controller, error as Error);
  }
}
