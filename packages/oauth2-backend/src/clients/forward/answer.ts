/** Takes one answer from undici. */

import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { ClientClosedError } from '../../errors.js';
import type { Call } from '../../outbound/call.js';
import { markFailure } from '../../outbound/failure.js';
import type { RawHeaders } from './returned-headers.js';

/** An answer whose headers have come. */
export interface RawAnswer {
  readonly status: number;
  /** The reason phrase as undici has decoded it. */
  readonly statusText: string;
  readonly raw: RawHeaders;
  readonly body: AnswerBody;
  /** Filled when the body has ended. */
  readonly trailers: Record<string, string | string[]>;
}

interface AnswerHandlerOptions {
  readonly call: Call;
  /** Adds to the answer what the client may have of the backend's trailers. */
  readonly addTrailers: (raw: RawHeaders, answer: RawAnswer) => void;
  readonly settle: (answer: RawAnswer) => void;
  readonly fail: (error: unknown) => void;
}

/** Whether an answer with this status has no body, whatever comes (RFC 9110 §15.3.5, §15.3.6, §15.4.5). */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** Settles once: with the final answer's head, or with why there is none. Interim answers are dropped. */
export class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #options: AnswerHandlerOptions;
  #abort: ((error?: Error) => void) | undefined;
  #answer: RawAnswer | undefined;
  #over = false;
  #whenOver: (() => void) | undefined;

  constructor(options: AnswerHandlerOptions) {
    this.#options = options;
  }

  /** Calls back when the backend's part is over, well or not; at once if it is. */
  whenOver(callback: () => void): void {
    if (this.#over) callback();
    else this.#whenOver = callback;
  }

  /** The call was ended with this reason. */
  abort(reason: unknown): void {
    if (this.#over) return;
    this.#abort?.(reason as Error);
    // A request that still waits for a connection cannot be taken back, but nobody waits for it any more.
    this.#break(reason);
  }

  onConnect(abort: (error?: Error) => void): void {
    const { call } = this.#options;
    if (call.aborted) abort(call.reason as Error);
    else this.#abort = abort;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, statusText: string): boolean {
    if (status < 200) return true;
    const body = new AnswerBody(resume, (reason) => this.#abort?.(reason));
    this.#answer = { status, statusText, raw, body, trailers: Object.create(null) };
    // undici breaks off a 304 that says how long the body would be (RFC 9110 §8.6).
    if (isBodiless(status)) body.complete();
    this.#options.settle(this.#answer);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (!this.#answer || isBodiless(this.#answer.status)) return true;
    return this.#answer.body.push(chunk);
  }

  onComplete(raw: string[] | Buffer[] | null): void {
    if (this.#answer) {
      if (raw && raw.length > 0) this.#options.addTrailers(raw, this.#answer);
      this.#answer.body.complete();
    }
    this.#end();
  }

  onError(error: Error): void {
    const { call } = this.#options;
    this.#break(call.aborted ? call.reason : markFailure(error, 502));
    this.#end();
  }

  #break(error: unknown): void {
    if (!this.#answer) this.#options.fail(error);
    // Who would read it is gone.
    else if (error instanceof ClientClosedError) this.#answer.body.break();
    else this.#answer.body.break(error as Error);
  }

  #end(): void {
    this.#over = true;
    this.#whenOver?.();
  }
}

/** Reads as fast as it is read; destroyed before its end it closes the backend's connection. */
class AnswerBody extends Readable {
  readonly #resume: () => void;
  readonly #abort: (reason: Error) => void;
  #complete = false;

  constructor(resume: () => void, abort: (reason: Error) => void) {
    super();
    // It may break while nobody listens yet; who reads it hears of it all the same.
    this.on('error', () => {});
    this.#resume = resume;
    this.#abort = abort;
  }

  /** The backend has sent all. */
  complete(): void {
    if (this.#complete) return;
    this.#complete = true;
    this.push(null);
  }

  /** The backend has sent all that it will. What comes after the end changes nothing. */
  break(error?: Error): void {
    if (!this.#complete) this.destroy(error);
  }

  override _read(): void {
    this.#resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#complete) {
      this.#complete = true;
      this.#abort(error ?? new Error('the answer was given up'));
    }
    callback(error);
  }
}
