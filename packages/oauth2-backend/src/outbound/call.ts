/** Joins what may end one outbound call, with plain listeners: `AbortSignal.any` and `AbortSignal.timeout` cost more and leak under load. */

import { setMaxListeners } from 'node:events';
import { errors } from 'undici';
import { memberOf } from '../definitions/own-members.js';

/** As much of an `AbortSignal` as got needs: a real one costs as much as all else of a call. A call is one itself. */
interface AbortWatch {
  /** Whether something has ended the call. */
  readonly aborted: boolean;
  /** What has. */
  readonly reason: unknown;
  addEventListener(event: 'abort', listener: () => void): void;
  removeEventListener(event: 'abort', listener: () => void): void;
}

/** What may end a call. undici takes emitters of `abort` too. */
export type AbortSource = AbortSignal | AbortEmitter;

/** As much of an emitter as a call needs. */
export interface AbortEmitter {
  on(event: 'abort', listener: () => void): unknown;
  off(event: 'abort', listener: () => void): unknown;
}

export interface CallOptions {
  readonly signals: readonly (AbortSource | null | undefined)[];
  /** Milliseconds from now; 0 for none. */
  readonly timeout: number;
  /** The reason when `timeout` is over. */
  readonly late: () => unknown;
  /** Called when something ends the call later than at its start. */
  readonly onAbort: ((reason: unknown) => void) | undefined;
  /** Called once when the call is over. */
  readonly onDone: (() => void) | undefined;
}

/**
 * One outbound call: its signal, its limits, and the way to let go of both. At most one controller, and one timer for each
 * limit that never keeps the process alive. A class, because there is one for each request.
 */
export class Call implements AbortWatch {
  aborted = false;
  reason: unknown = undefined;
  readonly #options: CallOptions;
  #over = false;
  #controller: AbortController | undefined;
  #listeners: (() => void)[] | undefined;
  #sources: [source: AbortSource, listener: () => void][] | undefined;
  #total: NodeJS.Timeout | undefined;
  #phase: NodeJS.Timeout | undefined;

  constructor(options: CallOptions) {
    this.#options = options;
    for (const source of options.signals) {
      if (!source) continue;
      if (hasFired(source)) this.#end(reasonOf(source));
      else this.#follow(source);
    }
    if (options.timeout > 0) this.#total = setTimeout(abortLate, options.timeout, this, options.late).unref();
  }

  /** Fires with the caller's, the inbound client's or a limit's reason. Made when first read. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }

  addEventListener(_: 'abort', listener: () => void): void {
    this.#listeners ??= [];
    this.#listeners.push(listener);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    this.#listeners = this.#listeners?.filter((each) => each !== listener);
  }

  /** Ends the call with this reason. */
  abort(reason: unknown): void {
    if (this.#end(reason)) this.#options.onAbort?.(this.reason);
  }

  /** Starts a limit; it ends the call with `late()` unless it is replaced or lifted before. @param milliseconds 0 for none */
  limit(milliseconds: number, late: () => unknown): void {
    this.lift();
    if (milliseconds > 0 && !this.#over) this.#phase = setTimeout(abortLate, milliseconds, this, late).unref();
  }

  /** Ends the limit of the present phase. */
  lift(): void {
    if (this.#phase === undefined) return;
    clearTimeout(this.#phase);
    this.#phase = undefined;
  }

  /** Ends the limit on the whole call, and that of its phase. */
  liftAll(): void {
    if (this.#total !== undefined) clearTimeout(this.#total);
    this.#total = undefined;
    this.lift();
  }

  /** Removes every listener and timer; the signal never fires after that. */
  done(): void {
    if (this.#over) return;
    this.#over = true;
    this.liftAll();
    for (const [source, listener] of this.#sources ?? []) forget(source, listener);
    this.#options.onDone?.();
  }

  #end(reason: unknown): boolean {
    if (this.#over || this.aborted) return false;
    this.aborted = true;
    this.reason = reason;
    this.#controller?.abort(reason);
    for (const listener of this.#listeners ?? []) listener();
    return true;
  }

  #follow(source: AbortSource): void {
    const listener = () => this.abort(reasonOf(source));
    if (isSignal(source)) source.addEventListener('abort', listener);
    else source.on('abort', listener);
    this.#sources ??= [];
    this.#sources.push([source, listener]);
  }
}

function abortLate(call: Call, late: () => unknown): void {
  call.abort(late());
}

function isSignal(source: AbortSource): source is AbortSignal {
  return memberOf(source as AbortSignal, 'addEventListener') !== undefined;
}

function hasFired(source: AbortSource): boolean {
  return memberOf(source as Partial<AbortSignal>, 'aborted') === true;
}

/** An emitter may have none; then it is undici's. */
function reasonOf(source: AbortSource): unknown {
  const reason: unknown = memberOf(source as Partial<AbortSignal>, 'reason');
  return isSignal(source) ? reason : (reason ?? new errors.RequestAbortedError());
}

function forget(source: AbortSource, listener: () => void): void {
  if (isSignal(source)) source.removeEventListener('abort', listener);
  else source.off('abort', listener);
}

/** Lets any number of calls listen; Node warns from the eleventh on. Signals of other makers are left alone. */
export function sharedSignal<S>(signal: S): S {
  if (signal instanceof EventTarget && !prepared.has(signal)) {
    // Not 0: with that, undici's fetch throws on Node 20.
    setMaxListeners(Number.POSITIVE_INFINITY, signal);
    prepared.add(signal);
  }
  return signal;
}

const prepared = new WeakSet<EventTarget>();
