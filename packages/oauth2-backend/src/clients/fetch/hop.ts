/** One request of a fetch call, below fetch itself. */

import type { Dispatcher } from 'undici';
import type { Bearer } from '../../bearer/bearer.js';
import { type CallDispatchOptions, dispatchCall } from '../../outbound/call-dispatch.js';
import type { OutboundCall } from '../../outbound/outbound-call.js';
import { headerRecord } from '../../outbound/request-headers.js';
import { completeHeaders, completePath } from '../../outbound/sent-request.js';
import type { ClientSettings } from '../../outbound/settings.js';
import type { AccessToken } from '../../token.js';

interface HopOptions {
  readonly bearer: Bearer;
  readonly settings: ClientSettings;
  readonly call: OutboundCall;
  readonly token: AccessToken | undefined;
  readonly onConnect: (abort: (error?: Error) => void) => void;
  readonly onEnd: () => void;
}

/** What fetch takes for a dispatcher: the check and the token come last, below everything fetch does itself. */
export function hopDispatcher(options: HopOptions): Pick<Dispatcher, 'dispatch'> {
  return new HopDispatcher(options);
}

/** A class, because there is one for each request. */
class HopDispatcher implements Pick<Dispatcher, 'dispatch'> {
  /** Let go of when dispatched: fetch holds on to its dispatcher until the answer is collected, and so the inbound request. */
  #options: HopOptions | undefined;
  readonly #dispatcher: Dispatcher;

  constructor(options: HopOptions) {
    this.#options = options;
    this.#dispatcher = options.settings.transport.dispatcher;
  }

  /** fetch hands a mock dispatcher the body as it was given. */
  get isMockActive(): unknown {
    return (this.#dispatcher as { isMockActive?: unknown }).isMockActive;
  }

  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const options = this.#options;
    if (!options) throw new TypeError('a hop is one request');
    this.#options = undefined;
    return dispatchCall(new HopDispatch(options), request, handler);
  }
}

class HopDispatch implements CallDispatchOptions {
  readonly dispatcher: Dispatcher;
  readonly call: OutboundCall;
  readonly ttfb: number;
  readonly onConnect: HopOptions['onConnect'];
  readonly onEnd: HopOptions['onEnd'];
  readonly #options: HopOptions;

  constructor(options: HopOptions) {
    const { settings, call, onConnect, onEnd } = options;
    this.#options = options;
    this.dispatcher = settings.transport.dispatcher;
    this.call = call;
    this.ttfb = settings.timeouts.ttfb;
    this.onConnect = onConnect;
    this.onEnd = onEnd;
  }

  get late(): () => unknown {
    return this.call.lateAnswer;
  }

  prepare(request: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
    const { bearer, settings, token } = this.#options;
    bearer.target.checkParts(request.origin, request.path);
    // fetch keeps the caller's spelling.
    const headers = headerRecord(request.headers, bearer) ?? {};
    completeHeaders(headers, settings, token);
    return { ...request, path: completePath(request.path, settings.query), headers };
  }
}
