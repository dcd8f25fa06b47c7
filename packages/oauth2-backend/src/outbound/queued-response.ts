/** Responses that have to wait until those before them on their connection are written (RFC 9112 §9.3.2). */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Whether it is one; a response that no server of Node's made is none. */
export function isQueued(request: IncomingMessage, response: ServerResponse): boolean {
  return response.socket === null && typeof request.socket?.on === 'function' && 'server' in request.socket;
}

/** Calls back once when the connection closes while the response is queued: Node tells such a response nothing. */
export function whenClosedQueued({ socket }: IncomingMessage, response: ServerResponse, closed: () => void): void {
  if (socket.destroyed) {
    closed();
    return;
  }
  const waiting = queued.get(socket) ?? new Set();
  if (!queued.has(socket)) {
    queued.set(socket, waiting);
    // One for all: clients may send many requests at once, and Node warns of many listeners.
    socket.once('close', () => {
      for (const tell of waiting) tell();
    });
  }
  waiting.add(closed);
  response.once('socket', () => waiting.delete(closed));
}

const queued = new WeakMap<Socket, Set<() => void>>();

/** Resolves when its turn has come: `false` when it never will. */
export function turnOf(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    response.once('socket', () => resolve(true));
    whenClosedQueued(request, response, () => resolve(false));
  });
}
