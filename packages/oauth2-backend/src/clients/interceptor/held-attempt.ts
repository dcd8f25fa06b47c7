/** One attempt of a request on a dispatcher that is not ours; a 401 is held back until it is judged. */

import type { IncomingHttpHeaders } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import { type Dispatcher, errors } from 'undici';
import { memberOf } from '../../definitions/own-members.js';
import { dropAnswer } from '../../outbound/dropped-bodies.js';
import { dropUnparsedBytes } from '../../outbound/failure.js';
import type { StableController } from './controller.js';

type Controller = Dispatcher.DispatchController;

/** The call that attempts belong to: it decides what becomes of a 401. */
export interface HeldAttemptOwner {
  readonly handler: Dispatcher.DispatchHandler;
  readonly controller: StableController;
  /** Nobody waits any more. */
  readonly over: boolean;
  tellStart(context: object): void;
  isRefused(status: number): boolean;
  onRefused(attempt: HeldAttempt, status: number, challenges: string | string[] | undefined): Promise<void>;
}

/** Passes everything on, except a 401 that is held, then passed or dropped. */
export class HeldAttempt implements Dispatcher.DispatchHandler {
  readonly #owner: HeldAttemptOwner;
  #controller: Controller | undefined;
  #state: 'passing' | 'held' | 'dropped' = 'passing';
  #ended = false;
  /** What has come while it was held, in order: some dispatchers know no pause. */
  #held: (() => void)[] = [];
  #chunks: Buffer[] = [];
  /** Where the body of a dropped answer goes to. */
  #sink: Readable | undefined;

  constructor(owner: HeldAttemptOwner) {
    this.#owner = owner;
  }

  /** Whether an abort ends it by the way of its dispatcher. */
  get passing(): boolean {
    return this.#state === 'passing' && this.#controller !== undefined;
  }

  abort(reason: unknown): void {
    this.#controller?.abort(reason as Error);
  }

  /** Gives the handler what was held, and what comes. */
  pass(): void {
    this.#state = 'passing';
    for (const event of this.#held.splice(0)) event();
    if (!this.#owner.controller.paused) this.#controller?.resume();
  }

  /** Resolves when the answer is out of the way. */
  async drop(): Promise<void> {
    this.#state = 'dropped';
    const sink = new Readable({
      read: () => this.#controller?.resume(),
      destroy: (error, done) => {
        this.#close();
        done(error);
      },
    });
    this.#sink = sink;
    for (const chunk of this.#chunks) sink.push(chunk);
    if (this.#ended) sink.push(null);
    await dropAnswer(sink);
  }

  /** Nobody wants to hear of it any more. */
  abandon(): void {
    this.#state = 'dropped';
    if (this.#sink) this.#sink.destroy();
    else this.#close();
  }

  onRequestStart(controller: Controller, context: object): void {
    this.#controller = controller;
    if (this.#state === 'dropped' || this.#owner.over) {
      controller.abort(new errors.RequestAbortedError());
      return;
    }
    this.#owner.controller.follow(controller);
    this.#owner.tellStart(context);
  }

  onRequestUpgrade(_: Controller, status: number, headers: IncomingHttpHeaders, socket: Duplex): void {
    const { handler, controller } = this.#owner;
    handler.onRequestUpgrade?.(controller, status, headers, socket);
  }

  onResponseStart(own: Controller, status: number, headers: IncomingHttpHeaders, text?: string): void {
    const { handler, controller } = this.#owner;
    const tell = () => handler.onResponseStart?.(controller, status, headers, text);
    if (this.#owner.isRefused(status)) {
      this.#state = 'held';
      this.#held.push(tell);
      own.pause();
      void this.#owner.onRefused(this, status, memberOf(headers, 'www-authenticate'));
      return;
    }
    tell();
  }

  onResponseData(_: Controller, chunk: Buffer): void {
    const { handler, controller } = this.#owner;
    if (this.#state === 'held') this.#chunks.push(chunk);
    if (this.#state === 'dropped') this.#sink?.push(chunk);
    else this.#tell(() => handler.onResponseData?.(controller, chunk));
  }

  onResponseEnd(_: Controller, trailers: IncomingHttpHeaders): void {
    const { handler, controller } = this.#owner;
    this.#ended = true;
    if (this.#state === 'dropped') this.#sink?.push(null);
    else this.#tell(() => handler.onResponseEnd?.(controller, trailers));
  }

  onResponseError(_: Controller, error: Error): void {
    const { handler, controller } = this.#owner;
    this.#ended = true;
    dropUnparsedBytes(error);
    if (this.#state === 'dropped') this.#sink?.destroy();
    else this.#tell(() => handler.onResponseError?.(controller, error));
  }

  #close(): void {
    if (!this.#ended) this.#controller?.abort(new errors.RequestAbortedError());
  }

  #tell(event: () => void): void {
    if (this.#state === 'held') this.#held.push(event);
    else event();
  }
}
