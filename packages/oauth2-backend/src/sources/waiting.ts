/** Three ways to wait for a promise. Each leaves the promise itself alone, and none keeps the process alive. */

/** Waits until the signal fires; then rejects with the signal's own reason. */
export function waitFor<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  if (signal.aborted) {
    // Nobody will hear of it any more, and nobody has to.
    promise.catch(() => {});
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/**
 * Waits until the deadline; then rejects with `late()`.
 *
 * @param options.deadline milliseconds
 */
export function inTime<T>(promise: Promise<T>, options: { deadline: number; late: () => Error }): Promise<T> {
  return timed(promise, options.deadline, (_resolve, reject) => reject(options.late()));
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
  return timed(promise, options.patience, (resolve) => {
    const instead = options.instead();
    if (instead !== undefined) resolve(instead);
  });
}

function timed<T>(
  promise: Promise<T>,
  milliseconds: number,
  over: (resolve: (value: T) => void, reject: (reason: Error) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(over, milliseconds, resolve, reject).unref();
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
