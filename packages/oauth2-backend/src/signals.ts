/** Joins what may end one outbound call, with plain listeners: `AbortSignal.any` and `AbortSignal.timeout` cost more and leak under load. */

/** One outbound call: its signal, its limits, and the way to let go of both. */
export interface Call {
  /** Fires with the caller's, the inbound client's or a limit's reason. */
  readonly signal: AbortSignal;
  /** Ends the call with this reason. */
  abort(reason: unknown): void;
  /** Starts a limit; it ends the call with `late()` unless it is replaced or lifted before. @param milliseconds 0 for none */
  limit(milliseconds: number, late: () => unknown): void;
  /** Ends the limit of the present phase. */
  lift(): void;
  /** Removes every listener and timer; the signal never fires after that. */
  done(): void;
}

/** What may end a call. */
export interface CallOptions {
  readonly signals: readonly (AbortSignal | null | undefined)[];
  /** Milliseconds from now; 0 for none. */
  readonly timeout: number;
  /** The reason when `timeout` is over. */
  readonly late: () => unknown;
  /** Called once when the call is over. */
  readonly onDone?: (() => void) | undefined;
}

/** Starts a call. One controller, one timer that never keeps the process alive. */
export function startCall(options: CallOptions): Call {
  const controller = new AbortController();
  const sources: AbortSignal[] = [];
  let over = false;
  let phase: NodeJS.Timeout | undefined;
  const abort = (reason: unknown) => {
    if (!over) controller.abort(reason);
  };
  const follow = (event: Event) => abort((event.target as AbortSignal).reason);

  for (const signal of options.signals) {
    if (!signal) continue;
    if (signal.aborted) {
      abort(signal.reason);
      continue;
    }
    signal.addEventListener('abort', follow);
    sources.push(signal);
  }
  const total = options.timeout > 0 ? setTimeout(() => abort(options.late()), options.timeout).unref() : undefined;

  const lift = () => {
    clearTimeout(phase);
    phase = undefined;
  };
  return {
    signal: controller.signal,
    abort,
    limit(milliseconds, late) {
      lift();
      if (milliseconds > 0 && !over) phase = setTimeout(() => abort(late()), milliseconds).unref();
    },
    lift,
    done() {
      if (over) return;
      over = true;
      clearTimeout(total);
      lift();
      for (const signal of sources) signal.removeEventListener('abort', follow);
      options.onDone?.();
    },
  };
}
