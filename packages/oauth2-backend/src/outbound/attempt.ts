/** One attempt of a call on an undici dispatcher: timed, and ended whenever its owner wants. */

import type { Dispatcher } from 'undici';
import { memberOf } from '../definitions/own-members.js';
import { unaskedSwitch } from '../transport/interim-answers.js';
import { dropUnparsedBytes } from './failure.js';
import type { OutboundCall } from './outbound-call.js';

/** Whoever makes the attempt; let go of when it is over. */
export interface AttemptOwner {
  readonly call: Pick<OutboundCall, 'limitAnswer' | 'lift'>;
  /** What the handler is told in place of this error; without it, the error. */
  readonly failure: ((error: unknown) => unknown) | undefined;
  /** The last byte of the answer is here, or none will come. */
  readonly onEnd: ((attempt: Attempt) => void) | undefined;
}

type Abort = (reason?: Error) => void;

/**
 * Passes everything on. It speaks the older handler interface of undici 7: only that one is told when a request has been
 * written (undici's main branch tells the newer one too: nodejs/undici#5696).
 */
export class Attempt implements Dispatcher.DispatchHandler {
  ended = false;
  readonly #handler: Dispatcher.DispatchHandler;
  /** Not kept when over: undici may hold on to its handlers, and so would hold the inbound request behind the call. */
  #owner: AttemptOwner | undefined;
  #abort: Abort | undefined;
  #answered = false;
  #ending: { readonly reason: unknown } | undefined;

  constructor(handler: Dispatcher.DispatchHandler, owner: AttemptOwner) {
    this.#handler = handler;
    this.#owner = owner;
  }

  /** Ends the attempt; one that waits for a connection ends when it has one. */
  abort(reason: unknown): void {
    if (this.ended || this.#ending) return;
    this.#ending = { reason };
    this.#abort?.(reason as Error);
  }

  onConnect(abort: Abort, context?: unknown): void {
    if (this.#ending) {
      abort(this.#ending.reason as Error);
      return;
    }
    this.#abort = abort;
    // undici's own handler takes a context that the type does not name.
    (this.#handler.onConnect as ((abort: Abort, context: unknown) => void) | undefined)?.(abort, context);
  }

  onRequestSent(): void {
    // Some servers answer before they have read all.
    if (!this.#answered) this.#owner?.call.limitAnswer();
  }

  onBodySent(chunkSize: number, totalBytesSent: number): void {
    memberOf(this.#handler, 'onBodySent')?.call(this.#handler, chunkSize, totalBytesSent);
  }

  onResponseStarted(): void {
    memberOf(this.#handler, 'onResponseStarted')?.call(this.#handler);
  }

  onHeaders(statusCode: number, headers: Buffer[], resume: () => void, statusText: string): boolean {
    // Nobody asked for another protocol: an upgrade that was asked for is not told here.
    if (statusCode === 101) this.#abort?.(unaskedSwitch());
    if (statusCode >= 200) {
      this.#answered = true;
      this.#owner?.call.lift();
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
    const owner = this.#owner;
    owner?.call.lift();
    dropUnparsedBytes(error);
    const failure = this.#ending ? (this.#ending.reason ?? error) : (owner?.failure?.(error) ?? error);
    this.#handler.onError?.(failure as Error);
    this.#end();
  }

  #end(): void {
    const owner = this.#owner;
    this.ended = true;
    this.#owner = undefined;
    owner?.onEnd?.(this);
  }
}
