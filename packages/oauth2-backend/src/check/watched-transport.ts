/** A backend's own connections, watched: what was really handed to them, and what came back. */

import { Dispatcher } from 'undici';
import { memberOf } from '../definitions/own-members.js';
import type { Transport } from '../transport/transport.js';

/** One request and what became of it. Nothing in here is masked. */
export interface Exchange {
  readonly method: string;
  /** Absolute, with its query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Only a text; else empty. */
  readonly body: string;
  /** Milliseconds of a clock that never runs backwards. */
  readonly began: number;
  /** Whether all of it was written. */
  sent: boolean;
  ended: number | undefined;
  answer: Answered | undefined;
  /** Why no whole answer came. */
  error: unknown;
}

interface Answered {
  readonly status: number;
  /** Names in lower case, several values joined. */
  readonly headers: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch, when the headers were here. */
  readonly at: number;
  /** The first 64 KiB. */
  readonly body: Buffer[];
}

const MOST_BYTES = 64 * 1024;

/** The same connections, which tell of each request when it is sent. */
export function watchedTransport(transport: Transport, onExchange: (exchange: Exchange) => void): Transport {
  const watch = (dispatcher: Pick<Dispatcher, 'dispatch'>) => new WatchedDispatcher(dispatcher, onExchange);
  return {
    get dispatcher() {
      return watch(transport.dispatcher);
    },
    get newConnections() {
      const { newConnections } = transport;
      return newConnections && watch(newConnections);
    },
    request: (href, options, newConnection) => transport.request(href, options, newConnection),
    upgrade: (path, headers) => transport.upgrade(path, headers),
    opening: () => transport.opening(),
    destroy: () => transport.destroy(),
  };
}

class WatchedDispatcher extends Dispatcher {
  readonly #watched: Pick<Dispatcher, 'dispatch'>;
  readonly #onExchange: (exchange: Exchange) => void;

  constructor(watched: Pick<Dispatcher, 'dispatch'>, onExchange: (exchange: Exchange) => void) {
    super();
    this.#watched = watched;
    this.#onExchange = onExchange;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const exchange: Exchange = {
      method: options.method,
      url: `${options.origin?.toString() ?? ''}${options.path}`,
      headers: fieldsOf(Object.entries((options.headers as Record<string, string | string[]> | null) ?? {})),
      body: typeof options.body === 'string' ? options.body : '',
      began: performance.now(),
      sent: false,
      ended: undefined,
      answer: undefined,
      error: undefined,
    };
    this.#onExchange(exchange);
    return this.#watched.dispatch(options, new WatchingHandler(handler, exchange));
  }
}

/** The older handler interface, for the reason that `outbound/attempt.ts` gives. */
class WatchingHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #exchange: Exchange;
  #bytes = 0;

  constructor(handler: Dispatcher.DispatchHandler, exchange: Exchange) {
    this.#handler = handler;
    this.#exchange = exchange;
  }

  onConnect(abort: (reason?: Error) => void, context?: unknown): void {
    (this.#handler.onConnect as ((...given: unknown[]) => void) | undefined)?.(abort, context);
  }

  onRequestSent(): void {
    this.#exchange.sent = true;
    // undici's types do not name it.
    (this.#handler as { onRequestSent?: () => void }).onRequestSent?.();
  }

  onBodySent(chunkSize: number, totalBytesSent: number): void {
    memberOf(this.#handler, 'onBodySent')?.call(this.#handler, chunkSize, totalBytesSent);
  }

  onResponseStarted(): void {
    memberOf(this.#handler, 'onResponseStarted')?.call(this.#handler);
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void, statusText: string): boolean {
    if (status >= 200)
      this.#exchange.answer = { status, headers: fieldsOf(pairsOf(headers)), at: Date.now(), body: [] };
    return this.#handler.onHeaders?.(status, headers, resume, statusText) ?? true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#bytes < MOST_BYTES)
      this.#exchange.answer?.body.push(Buffer.from(chunk.subarray(0, MOST_BYTES - this.#bytes)));
    this.#bytes += chunk.length;
    return this.#handler.onData?.(chunk) ?? true;
  }

  onComplete(trailers: string[] | null): void {
    this.#exchange.ended = performance.now();
    this.#handler.onComplete?.(trailers);
  }

  onError(error: Error): void {
    this.#exchange.ended = performance.now();
    this.#exchange.error = error;
    this.#handler.onError?.(error);
  }
}

function pairsOf(raw: readonly (Buffer | string)[]): [string, string][] {
  const texts = raw.map((each) => (typeof each === 'string' ? each : each.toString('latin1')));
  return texts.flatMap((name, index) => (index % 2 === 0 ? [[name, texts[index + 1] ?? ''] as [string, string]] : []));
}

function fieldsOf(pairs: readonly (readonly [string, unknown])[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [given, value] of pairs) {
    const name = given.toLowerCase();
    const text = Array.isArray(value) ? value.join(', ') : String(value);
    const known = fields.get(name);
    fields.set(name, known === undefined ? text : `${known}, ${text}`);
  }
  return fields;
}
