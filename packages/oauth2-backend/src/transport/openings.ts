/** Connections on their way: each in time, and each can be given up. */

import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

type Settle<S> = (error: Error | null, socket: S | null) => void;

/** How far a connection has got; `proxy` and `tunnel` are the way to a proxy, and its answer to CONNECT. */
export type ConnectionStage = 'look-up' | 'connection' | 'proxy' | 'tunnel' | 'handshake';

/** One that is being opened. */
export interface Opening {
  stage: ConnectionStage;
  giveUp(reason: Error): void;
}

export type Openings = Set<Opening>;

const stages = new WeakMap<Error, ConnectionStage>();

/** Where a connection has failed with this error; nothing for what failed later. */
export function failedAt(error: unknown): ConnectionStage | undefined {
  return typeof error === 'object' && error !== null ? stages.get(error as Error) : undefined;
}

/** Has an opening say how far its socket is, which looks up this host itself. */
export function followSocket(socket: Socket, opening: Opening, host: string): void {
  opening.stage = isIP(host) === 0 ? 'look-up' : 'connection';
  socket.once('lookup', () => {
    opening.stage = 'connection';
  });
  socket.once('connect', () => {
    opening.stage = 'handshake';
  });
}

/**
 * Opens a connection in time. What comes too late, or is given up, is closed; the opener's signal has fired by then.
 *
 * @param options.milliseconds 0 for no limit
 */
export function openInTime<S extends Duplex>(
  options: { milliseconds: number; late: () => Error; openings: Openings },
  open: (settle: Settle<S>, opening: Opening, signal: AbortSignal) => void,
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
    options.openings.delete(opening);
    if (error) stages.set(error, opening.stage);
    callback(error, socket);
  };
  const opening: Opening = {
    stage: 'connection',
    giveUp(reason) {
      settle(reason, null);
      controller.abort();
    },
  };
  const timer =
    options.milliseconds > 0
      ? setTimeout(() => opening.giveUp(options.late()), options.milliseconds).unref()
      : undefined;
  options.openings.add(opening);
  open(settle, opening, controller.signal);
}
