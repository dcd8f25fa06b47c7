/** The going away of an inbound client, for the calls that it ends: an `AbortSignal` for each request would cost more than the call. */
import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClientClosedError } from '../errors.js';

/** What calls listen to; a signal is made only for who asks for one. */
export interface InboundDeparture {
  readonly aborted: boolean;
  readonly reason: unknown;
  readonly signal: AbortSignal;
  on(event: 'abort', listener: () => void): void;
  off(event: 'abort', listener: () => void): void;
}

/** The departure of the client of this request: one for each request, with one listener. It is complete answers that it does not tell of. */
export function inboundDeparture(request: IncomingMessage, response: ServerResponse): InboundDeparture {
  const holder = request as IncomingMessage & { [DEPARTURE]?: InboundDeparture };
  const known = holder[DEPARTURE];
  if (known) return known;
  const departure = new Departure();
  // Not a WeakMap: young keys in an old table are work for the garbage collector.
  holder[DEPARTURE] = departure;
  // `close` comes after a complete answer too.
  const closed = () => {
    if (!response.writableFinished) departure.tell();
  };
  if (response.closed) closed();
  else response.on('close', closed);
  return departure;
}

const DEPARTURE = Symbol('departure');

class Departure implements InboundDeparture {
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
