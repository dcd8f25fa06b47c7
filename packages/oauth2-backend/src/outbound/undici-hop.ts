/** One attempt of a request through undici: it can be ended at any time, and says how far it is. */

import type { Dispatcher } from 'undici';
import { dropUnparsedBytes } from './failure.js';

/** Who is told. */
export interface HopOwner {
  /** The request has been written. */
  onSent(): void;
  /** What to hand on instead of this error. */
  failure(error: unknown): unknown;
  /** The last byte of the answer is here, or none will come. */
  onEnd(hop: UndiciHop): void;
}

type Abort = (reason?: Error) => void;

/** Passes everything on. It speaks the older handler interface of undici 7, as undici's own `request` does. */
export class UndiciHop implements Dispatcher.DispatchHandler {
  ended = false;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #owner: HopOwner;
  #abort: Abort | undefined;
  #answered = false;
  #ending: { readonly reason: unknown } | undefined;

  constructor(handler: Dispatcher.DispatchHandler, owner: HopOwner) {
    this.#handler = handler;
    this.#owner = owner;
  }

  /** Ends the attempt; one that waits for a connection ends when it has one. */
  abort(reason: unknown): void {
    if (this.ended || this.#ending) return;
    this.#ending = { reason };
    this.#abort?.(reason as Error);
  }

  onConnect(abort: Abort, ...context: unknown[]): void {
    if (this.#ending) {
      abort(this.#ending.reason as Error);
      return;
    }
    this.#abort = abort;
    // undici's own handler takes a context that the type does not name.
    (this.#handler.onConnect as (...given: unknown[]) => void)(abort, ...context);
  }

  onRequestSent(): void {
    // Some servers answer before they have read all.
    if (!this.#answered) this.#owner.onSent();
  }

  onBodySent(chunkSize: number, totalBytesSent: number): void {
    this.#handler.onBodySent?.(chunkSize, totalBytesSent);
  }

  onHeaders(statusCode: number, headers: Buffer[], resume: () => void, statusText: string): boolean {
    if (statusCode >= 200) this.#answered = true;
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
    dropUnparsedBytes(error);
    const failure = this.#ending ? (this.#ending.reason ?? error) : this.#owner.failure(error);
    this.#handler.onError?.(failure as Error);
    this.#end();
  }

  #end(): void {
    this.ended = true;
    this.#owner.onEnd(this);
  }
}
