/** The limit on the time to a connection: look-up, TCP, CONNECT and TLS together, whoever opens it. */

import type { Duplex } from 'node:stream';

type Settle<S> = (error: Error | null, socket: S | null) => void;

/**
 * Opens a connection in time. What comes too late is closed; the opener's signal has fired by then.
 *
 * @param milliseconds 0 for no limit
 */
export function openInTime<S extends Duplex>(
  options: { milliseconds: number; late: () => Error },
  open: (settle: Settle<S>, signal: AbortSignal) => void,
  callback: Settle<S>,
): void {
  const controller = new AbortController();
  let over = false;
  const settle: Settle<S> = (error, socket) => {
    if (over) {
      socket?.destroy();
      return;
    }
    over = true;
    clearTimeout(timer);
    callback(error, socket);
  };
  const timer =
    options.milliseconds > 0
      ? setTimeout(() => {
          settle(options.late(), null);
          controller.abort();
        }, options.milliseconds).unref()
      : undefined;
  open(settle, controller.signal);
}
