/** The end of a connection whose request was answered before it had been read. */

import type { IncomingMessage } from 'node:http';

/** Time for the client to read the answer, milliseconds. */
const LINGER = 1_000;

/**
 * Closes the connection gently after an answer with `Connection: close`: what is closed with unread bytes is reset, and a
 * client that still writes would lose the answer (RFC 9112 §9.6).
 */
export function closeUnread({ socket }: IncomingMessage): void {
  // Node calls it when the answer has been written.
  socket.destroySoon = function endAndLinger() {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LINGER).unref();
    socket.once('close', () => clearTimeout(timer));
  };
}
