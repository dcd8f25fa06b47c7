/** What one inbound request lends to its outbound ones. */

import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClientClosedError } from '../errors.js';
import type { RequestContext } from '../token.js';
import { isQueued, whenClosedQueued } from './queued-response.js';

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
  return new InboundContext(request, response, inbound);
}

/** Fires when the client of this context leaves: cheaper than its signal, unless somebody else has made the context. */
export function contextAbort(context: RequestContext): ClientLeaving | AbortSignal {
  return context instanceof InboundContext ? clientLeaving(context.request, context.response) : context.signal;
}

/** A class, because there is one for each request. */
class InboundContext implements RequestContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly inbound: unknown;

  constructor(request: IncomingMessage, response: ServerResponse, inbound: unknown) {
    this.request = request;
    this.response = response;
    this.inbound = inbound;
  }

  get signal(): AbortSignal {
    return clientLeaving(this.request, this.response).signal;
  }
}

/** One for each request, with one listener. It does not tell of a client that leaves with a complete answer. */
function clientLeaving(request: IncomingMessage, response: ServerResponse): ClientLeaving {
  const holder = request as IncomingMessage & { [LEAVING]?: ClientLeaving };
  const known = holder[LEAVING];
  if (known) return known;
  const leaving = new ClientLeaving();
  // Not a WeakMap: young keys in an old table are work for the garbage collector.
  holder[LEAVING] = leaving;
  // `close` comes after a complete answer too.
  const closed = () => {
    if (!response.writableFinished) leaving.tell();
  };
  if (response.closed) closed();
  else {
    response.on('close', closed);
    if (isQueued(request, response)) whenClosedQueued(request, response, closed);
  }
  return leaving;
}

const LEAVING = Symbol('client leaving');

/** What calls listen to; a signal is made only for who asks for one. */
class ClientLeaving {
  aborted = false;
  reason: ClientClosedError | undefined = undefined;
  #listeners: (() => void)[] = [];
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      // Not 0: with that, undici's fetch throws on Node 20.
      setMaxListeners(Number.POSITIVE_INFINITY, this.#controller.signal);
      if (this.aborted) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }

  on(_: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  off(_: 'abort', listener: () => void): void {
    const at = this.#listeners.lastIndexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }

  tell(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = new ClientClosedError();
    for (const listener of this.#listeners.splice(0)) listener();
    this.#controller?.abort(this.reason);
  }
}
