/** One attempt of a call on an undici dispatcher: timed, and ended whenever its owner wants. */

import type { Dispatcher } from 'undici';
import { memberOf } from '../definitions/own-members.js';
import { unaskedSwitch } from '../transport/interim-answers.js';
import { diedInReuse, REPEATABLE } from '../transport/lost-connections.js';
import { dropUnparsedBytes } from './failure.js';
import type { OutboundCall } from './outbound-call.js';
import type { ClientSettings } from './settings.js';

/** Whoever makes the attempt; let go of when it is over. */
export interface AttemptOwner {
  readonly call: Pick<OutboundCall, 'limitAnswer' | 'lift'>;
  /** What the handler is told in place of this error; without it, the error. */
  readonly failure: ((error: unknown) => unknown) | undefined;
  /** The last byte of the answer is here, or none will come. */
  readonly onEnd: ((attempt: Attempt) => void) | undefined;
}

/** A body that can be sent again byte for byte; null for none. */
export type KeptBody = string | Uint8Array | null;

type Kept = KeptBody | (() => KeptBody | undefined) | undefined;
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
  /** What is sent, and by what; let go of at the first byte of an answer. */
  #request: Dispatcher.DispatchOptions | undefined;
  #settings: ClientSettings | undefined;
  #kept: Kept;

  constructor(handler: Dispatcher.DispatchHandler, owner: AttemptOwner) {
    this.#handler = handler;
    this.#owner = owner;
  }

  /**
   * Dispatches a request. Where a connection that had served another dies before the first byte of an answer, it is dispatched
   * once more, on a new connection, if its method and its body allow that (RFC 9112 §9.3.1).
   *
   * @param kept its body, or what gives it by then; `undefined` for one that cannot be sent again
   */
  send(settings: ClientSettings, request: Dispatcher.DispatchOptions, kept: Kept): boolean {
    this.#request = request;
    this.#settings = settings;
    this.#kept = REPEATABLE.has(request.method) ? kept : undefined;
    return settings.transport.dispatcher.dispatch(request, this);
  }

  /** Ends the attempt; one that waits for a connection ends when it has one. */
  abort(reason: unknown): void {
    if (this.ended || this.#ending) return;
    this.#ending = { reason };
    this.#abort?.(reason as Error);
  }

  /** A connection that is going away has not processed the request: it is sent again, whatever its method. */
  onReconnect(): void {
    if (this.#request) this.#settings?.onReconnect(this.#request.method);
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
    this.#forget();
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
    if (!this.#ending && diedInReuse(error) && this.#sendAgain()) return;
    dropUnparsedBytes(error);
    const failure = this.#ending ? (this.#ending.reason ?? error) : (owner?.failure?.(error) ?? error);
    this.#handler.onError?.(failure as Error);
    this.#end();
  }

  #sendAgain(): boolean {
    const request = this.#request;
    const settings = this.#settings;
    const kept = this.#kept;
    this.#forget();
    const newConnections = settings?.transport.newConnections;
    const body = typeof kept === 'function' ? kept() : kept;
    if (!request || !newConnections || body === undefined) return false;
    this.#abort = undefined;
    settings.onReconnect(request.method);
    newConnections.dispatch({ ...request, body }, this);
    return true;
  }

  #forget(): void {
    this.#request = undefined;
    this.#settings = undefined;
    this.#kept = undefined;
  }

  #end(): void {
    const owner = this.#owner;
    this.#forget();
    this.ended = true;
    this.#owner = undefined;
    owner?.onEnd?.(this);
  }
}
