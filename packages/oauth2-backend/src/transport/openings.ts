/** Connections on their way: each in time, and each can be given up. */

import type { Duplex } from 'node:stream';

type Settle<S> = (error: Error | null, socket: S | null) => void;

/** Connections that are being opened; each member gives its own up. */
export type Openings = Set<(reason: Error) => void>;

/**
 * Opens a connection in time. What comes too late, or is given up, is closed; the opener's signal has fired by then.
 *
 * @param options.milliseconds 0 for no limit
 */
export function openInTime<S extends Duplex>(
  options: { milliseconds: number; late: () => Error; openings: Openings },
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
    options.openings.delete(giveUp);
    callback(error, socket);
  };
  const giveUp = (reason: Error) => {
    settle(reason, null);
    controller.abort();
  };
  const timer =
    options.milliseconds > 0 ? setTimeout(() => giveUp(options.late()), options.milliseconds).unref() : undefined;
  options.openings.add(giveUp);
  open(settle, controller.signal);
}
