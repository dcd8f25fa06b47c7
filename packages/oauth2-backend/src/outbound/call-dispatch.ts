/** One call's requests on an undici dispatcher: checked and authorised at the last moment, timed, reported when over. */

import type { Dispatcher } from 'undici';
import { dropUnparsedBytes } from './failure.js';
import type { Call } from './signals.js';

/** What happens around each request of a call. */
export interface CallDispatchOptions {
  readonly dispatcher: Pick<Dispatcher, 'dispatch'>;
  readonly call: Call;
  /** From request written to answer headers: milliseconds, 0 for no limit. */
  readonly ttfb: number;
  readonly late: () => unknown;
  /** Last look at the request: may throw, may change the headers. */
  readonly prepare: (options: Dispatcher.DispatchOptions) => Dispatcher.DispatchOptions;
  /** The request has a connection; gives what ends it there. */
  readonly onConnect?: ((abort: (error?: Error) => void) => void) | undefined;
  /** The answer's body has ended, well or not. */
  readonly onEnd?: (() => void) | undefined;
}

/** A dispatch function for one call. */
export function callDispatch(options: CallDispatchOptions): Dispatcher['dispatch'] {
  return (request, handler) => dispatchCall(options, request, handler);
}

/** Dispatches one request of a call. */
export function dispatchCall(
  options: CallDispatchOptions,
  request: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): boolean {
  return options.dispatcher.dispatch(options.prepare(request), new TimedHandler(handler, options));
}

/**
 * Passes everything on. It speaks the older handler interface of undici 7 because only that one is told
 * when a request has been written.
 */
class TimedHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  /** Let go of at the end: undici may hold on to its handlers, and so would hold the inbound request behind the call. */
  #options: CallDispatchOptions | undefined;
  #answered = false;

  constructor(handler: Dispatcher.DispatchHandler, options: CallDispatchOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#handler.onConnect?.(abort);
    this.#options?.onConnect?.(abort);
  }

  onRequestSent(): void {
    // Some servers answer before they have read all.
    if (!this.#options || this.#answered) return;
    const { call, ttfb, late } = this.#options;
    if (ttfb > 0) call.limit(ttfb, late);
  }

  onBodySent(chunkSize: number, totalBytesSent: number): void {
    this.#handler.onBodySent?.(chunkSize, totalBytesSent);
  }

  onUpgrade(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onUpgrade']>>): void {
    this.#options?.call.lift();
    this.#handler.onUpgrade?.(...args);
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.();
  }

  onHeaders(statusCode: number, headers: Buffer[], resume: () => void, statusText: string): boolean {
    if (statusCode >= 200) {
      this.#answered = true;
      this.#options?.call.lift();
    }
    return this.#handler.onHeaders?.(statusCode, headers, resume, statusText) ?? true;
  }

  onData(chunk: Buffer): boolean {
    return this.#handler.onData?.(chunk) ?? true;
  }

  onComplete(trailers: string[] | null): void {
    this.#handler.onComplete?.(trailers);
    this.#end();
  }

  onError(error: Error): void {
    this.#options?.call.lift();
    dropUnparsedBytes(error);
    this.#handler.onError?.(error);
    this.#end();
  }

  #end(): void {
    const options = this.#options;
    this.#options = undefined;
    options?.onEnd?.();
  }
}
