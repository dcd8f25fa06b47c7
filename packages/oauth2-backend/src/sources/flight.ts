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
  result.catch(ignore);
  // A timer that was cleared stays so.
  return { result, abort: (reason) => controller.abort(reason), restart: () => void timer.refresh() };
}

/** Waits for a promise until the signal fires; then rejects with the signal's own reason and leaves the promise alone. */
export function waitFor<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  if (signal.aborted) {
    // Nobody will hear of it any more, and nobody has to.
    promise.catch(ignore);
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/**
 * Gives what a promise brings in time. A timer that never keeps the process alive; what comes late is dropped.
 *
 * @param options.deadline milliseconds
 */
export function inTime<T>(promise: Promise<T>, options: { deadline: number; late: () => Error }): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(options.late()), options.deadline).unref();
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * Gives what a promise brings, or something else when that takes longer. Without something else the wait goes on.
 *
 * @param options.patience milliseconds
 */
export function soonOr<T>(
  promise: Promise<T>,
  options: { patience: number; instead: () => T | undefined },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const instead = options.instead();
      if (instead !== undefined) resolve(instead);
    };
    const timer = setTimeout(look, options.patience).unref();
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A throw before the first await is a rejection like any other. */
async function start<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return work(signal);
}

function ignore(): void {}
