/** A dispatcher that the application gave: whatever interceptors it has, it sends each request once. */

import type { Dispatcher } from 'undici';
import { OriginError } from '../errors.js';
import { requestCreated, watchTrace } from './trace-headers.js';

/**
 * The same dispatcher, which follows no redirect and repeats nothing: a redirect would take a secret or the token along, and
 * what is repeated is the backend's to say. undici's own interceptors are told by their options; one that starts a request
 * again all the same fails it, before anything is written.
 */
export function givenDispatcher(dispatcher: Dispatcher, origin: string): Dispatcher {
  const dispatch: Dispatcher['dispatch'] = (options, handler) => {
    // Its interceptors may take their time before undici makes the request.
    const made = requestCreated.hasSubscribers ? watchTrace(options) : undefined;
    try {
      return dispatcher.dispatch({ ...options, ...ONCE }, new OnceHandler(handler, origin, made));
    } catch (error) {
      made?.();
      throw error;
    }
  };
  // Not `compose`: what undici puts between does not tell when a request has been written.
  return new Proxy(dispatcher, {
    get: (target, key) => (key === 'dispatch' ? dispatch : (Reflect.get(target, key, target) as unknown)),
  });
}

/** `maxRedirections` of `interceptors.redirect`, `retryOptions` of `interceptors.retry`. */
const ONCE = {
  maxRedirections: 0,
  retryOptions: {
    maxRetries: 0,
    methods: [],
    statusCodes: [],
    errorCodes: [],
    retry: (error: Error, _: unknown, done: (error: Error) => void) => done(error),
  },
};

type Abort = (reason?: Error) => void;

class OnceHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #origin: string;
  readonly #made: (() => void) | undefined;
  #state: 'waiting' | 'started' | 'stopped' = 'waiting';

  constructor(handler: Dispatcher.DispatchHandler, origin: string, made: (() => void) | undefined) {
    this.#handler = handler;
    this.#origin = origin;
    this.#made = made;
  }

  onConnect(abort: Abort, context?: unknown): void {
    this.#made?.();
    if (this.#state === 'waiting') {
      this.#state = 'started';
      (this.#handler.onConnect as ((abort: Abort, context: unknown) => void) | undefined)?.(abort, context);
      return;
    }
    const error = new OriginError(`the given dispatcher would send a request to ${this.#origin} a second time`);
    this.onError(error);
    abort(error);
  }

  onRequestSent(): void {
    // undici's types do not name it.
    (this.#handler as { onRequestSent?: () => void }).onRequestSent?.();
  }

  onBodySent(chunkSize: number, totalBytesSent: number): void {
    this.#handler.onBodySent?.(chunkSize, totalBytesSent);
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.();
  }

  onHeaders(statusCode: number, headers: Buffer[], resume: () => void, statusText: string): boolean {
    return this.#state === 'stopped' || (this.#handler.onHeaders?.(statusCode, headers, resume, statusText) ?? true);
  }

  onData(chunk: Buffer): boolean {
    return this.#state === 'stopped' || (this.#handler.onData?.(chunk) ?? true);
  }

  onComplete(trailers: string[] | null): void {
    // Not every dispatcher tells of a connection.
    this.#made?.();
    if (this.#state !== 'stopped') this.#handler.onComplete?.(trailers);
  }

  onError(error: Error): void {
    this.#made?.();
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.#handler.onError?.(error);
  }
}
