/** The controller that a handler keeps while the attempts behind it change. */

import type { Dispatcher } from 'undici';

type RawFields = NonNullable<Dispatcher.DispatchController['rawHeaders']> | null;

/** Passes pauses on to the attempt of the moment, and tells its maker of an abort. */
export class StableController implements Dispatcher.DispatchController {
  aborted = false;
  reason: Error | null = null;
  paused = false;
  readonly #onAbort: (reason: unknown) => void;
  #target: Dispatcher.DispatchController | undefined;

  constructor(onAbort: (reason: unknown) => void) {
    this.#onAbort = onAbort;
  }

  // Interceptors above may replace the fields.
  get rawHeaders(): RawFields {
    return this.#target?.rawHeaders ?? null;
  }

  set rawHeaders(fields: RawFields) {
    if (this.#target) this.#target.rawHeaders = fields;
  }

  get rawTrailers(): RawFields {
    return this.#target?.rawTrailers ?? null;
  }

  set rawTrailers(fields: RawFields) {
    if (this.#target) this.#target.rawTrailers = fields;
  }

  /** From here on it speaks for this attempt. */
  follow(target: Dispatcher.DispatchController): void {
    this.#target = target;
    if (this.paused) target.pause();
  }

  pause(): void {
    this.paused = true;
    this.#target?.pause();
  }

  resume(): void {
    this.paused = false;
    this.#target?.resume();
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#onAbort(reason);
  }
}
