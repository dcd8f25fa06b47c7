/** What one inbound request lends to its outbound ones. */
import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClientClosedError } from './errors.js';

/** What one inbound request lends to its outbound ones. */
export interface RequestContext {
  /** Node's own request. */
  readonly request: IncomingMessage;
  /** Node's own response. */
  readonly response: ServerResponse;
  /** Fires with a `ClientClosedError` when the inbound client goes away before its answer is complete. */
  readonly signal: AbortSignal;
  // biome-ignore lint/suspicious/noExplicitAny: Express's `req` or Koa's `ctx`; core knows neither
  readonly inbound: any;
}

// By request, so that all contexts of one request, whichever middleware made them, share one signal and one listener.
const signals = new WeakMap<IncomingMessage, AbortSignal>();

/**
 * Gives the context of an inbound request, for `backends.for(context)`.
 *
 * The signal is made when first read, is the same for every context of one request, and warns at no number of listeners.
 *
 * @param inbound the framework's own object, `request` unless given
 */
export function requestContext(
  request: IncomingMessage,
  response: ServerResponse,
  inbound: unknown = request,
): RequestContext {
  return {
    request,
    response,
    get signal() {
      return signalOf(request, response);
    },
    inbound,
  };
}

function signalOf(request: IncomingMessage, response: ServerResponse): AbortSignal {
  const known = signals.get(request);
  if (known) return known;
  const controller = new AbortController();
  // Not 0: with that, undici's fetch throws on Node 20.
  setMaxListeners(Number.POSITIVE_INFINITY, controller.signal);
  signals.set(request, controller.signal);

  // `close` comes after a complete answer too.
  const closed = () => {
    if (!response.writableFinished) controller.abort(new ClientClosedError());
  };
  if (response.closed) closed();
  else response.once('close', closed);
  return controller.signal;
}
