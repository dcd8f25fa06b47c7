/** What fetch takes for a dispatcher: the check and the token come last, below everything fetch does itself. */

import type { Dispatcher } from 'undici';
import type { Bearer } from '../../bearer/bearer.js';
import { Attempt, type AttemptOwner, type KeptBody } from '../../outbound/attempt.js';
import { completeHeaders, completePath } from '../../outbound/complete-request.js';
import { dispatchOptions } from '../../outbound/dispatch-options.js';
import type { OutboundCall } from '../../outbound/outbound-call.js';
import { headerRecord } from '../../outbound/request-headers.js';
import type { ClientSettings } from '../../outbound/settings.js';
import type { AccessToken } from '../../token.js';

interface FetchDispatcherOptions extends AttemptOwner {
  readonly bearer: Bearer;
  readonly settings: ClientSettings;
  readonly call: OutboundCall;
  readonly token: AccessToken | undefined;
  /** A body that can be sent again, which fetch makes a stream of; null for none, `undefined` for one that cannot. */
  readonly kept: KeptBody | undefined;
}

/** Dispatches one request. A class, because there is one for each. */
export class FetchDispatcher implements Pick<Dispatcher, 'dispatch'> {
  /** Let go of when dispatched: fetch holds on to its dispatcher until the answer is collected, and so the inbound request. */
  #options: FetchDispatcherOptions | undefined;
  readonly #dispatcher: Dispatcher;
  #attempt: Attempt | undefined;

  constructor(options: FetchDispatcherOptions) {
    this.#options = options;
    this.#dispatcher = options.settings.transport.dispatcher;
  }

  /** fetch hands a mock dispatcher the body as it was given. */
  get isMockActive(): unknown {
    return (this.#dispatcher as { isMockActive?: unknown }).isMockActive;
  }

  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const options = this.#options;
    if (!options) throw new TypeError('a dispatcher of fetch is for one request');
    this.#options = undefined;
    const { bearer, settings, call, token, kept } = options;
    bearer.target.checkParts(request.origin, request.path);
    // fetch keeps the caller's spelling.
    const headers = headerRecord(request.headers, bearer) ?? {};
    completeHeaders(headers, call.settings, bearer, token);
    this.#attempt = new Attempt(handler, options);
    if (call.aborted) this.#attempt.abort(call.reason);
    const path = completePath(request.path, call.settings.query);
    const body = kept === undefined ? (request.body ?? null) : kept;
    const sent = { ...dispatchOptions(String(request.origin), path, request.method), ...request, path, headers, body };
    return this.#attempt.send(settings, sent, kept);
  }

  /** Whether the last byte of the answer has come, or none will. */
  get ended(): boolean {
    return this.#attempt?.ended === true;
  }

  abort(reason: unknown): void {
    this.#attempt?.abort(reason);
  }
}
