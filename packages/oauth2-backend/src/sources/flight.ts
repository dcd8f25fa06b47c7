/** One renewal that many callers wait for: it has its own deadline and nobody's signal. */

/** A renewal under way. */
export interface Flight<T> {
  /** Never an unhandled rejection, with or without someone waiting. */
  readonly result: Promise<T>;
  /** Ends it now with this error. */
  abort(reason: Error): void;
  /** Its time begins anew. */
  restart(): void;
}

/**
 * Starts a flight. Past the deadline it fails, even when the work ignores its signal; what the work brings later is dropped.
 *
 * @param options.deadline milliseconds
 */
export function startFlight<T>(
  work: (signal: AbortSignal) => Promise<T>,
  options: { deadline: number; late: () => Error },
): Flight<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(options.late()), options.deadline).unref();
  const cut = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  const result = Promise.race([start(work, controller.signal), cut]).finally(() => clearTimeout(timer));
  result.catch(() => {});
  // A timer that was cleared stays so.
  return { result, abort: (reason) => controller.abort(reason), restart: () => void timer.refresh() };
}

/** A throw before the first await is a rejection like any other. */
async function start<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return work(signal);
}
