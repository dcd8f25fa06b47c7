/** The limit on the time to a connection: look-up, TCP, CONNECT and TLS together, whoever opens it. */

import type { Duplex } from 'node:stream';

type Settle<S> = (error: Error | null, socket: S | null) => void;

/** Connections that are being opened; each member gives its own up. */
export type Attempts = Set<(reason: Error) => void>;

/**
 * Opens a connection in time. What comes too late, or is given up, is closed; the opener's signal has fired by then.
 *
 * @param options.milliseconds 0 for no limit
 */
export function openInTime<S extends Duplex>(
  options: { milliseconds: number; late: () => Error; attempts: Attempts },
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
    options.attempts.delete(giveUp);
    callback(error, socket);
  };
  const giveUp = (reason: Error) => {
    settle(reason, null);
    controller.abort();
  };
  const timer =
    options.milliseconds > 0 ? setTimeout(() => giveUp(options.late()), options.milliseconds).unref() : undefined;
  options.attempts.add(giveUp);
  open(settle, controller.signal);
}
