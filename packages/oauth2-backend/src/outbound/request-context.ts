/** What one inbound request lends to its outbound ones. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestContext } from '../token.js';
import { type InboundDeparture, inboundDeparture } from './inbound-departure.js';

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

/** What ends a call on behalf of this context: cheaper than its signal, unless somebody else has made the context. */
export function departureOf(context: RequestContext): InboundDeparture | AbortSignal {
  return context instanceof InboundContext ? inboundDeparture(context.request, context.response) : context.signal;
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
    return inboundDeparture(this.request, this.response).signal;
  }
}
