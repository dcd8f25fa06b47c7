/** The end of a connection, held back until everything before it was taken. */

import type { Socket } from 'node:net';

/**
 * Lets undici hear that the other side has ended a connection only when its parser takes what comes: a paused one fails an
 * assertion in the socket's `end` or `error`, which nobody can catch (undici 7, nodejs/undici#5360).
 *
 * @param socket of HTTP/1, before undici has it
 */
export function holdEnd(socket: Socket): void {
  const { push, read } = socket;
  let reads = 0;
  let held = false;

  /** Whoever reads what is there is not paused. */
  function isPaused(): boolean {
    const before = reads;
    socket.emit('readable');
    return reads === before;
  }

  function end(): void {
    if (!held || socket.destroyed || isPaused()) return;
    held = false;
    push.call(socket, null);
  }

  socket.push = (chunk, encoding) => {
    if (chunk !== null || socket.destroyed) return push.call(socket, chunk, encoding);
    held = true;
    isPaused();
    return false;
  };
  socket.read = (size) => {
    const chunk: unknown = read.call(socket, size);
    // Node itself reads 0 bytes to look for the end.
    if (size === 0) return chunk;
    reads += 1;
    // What it does with what it has may pause it again.
    if (chunk === null && held) queueMicrotask(end);
    return chunk;
  };
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // undici takes this code for the end of an answer without a length.
    if (error.code === 'ECONNRESET' && isPaused()) error.code = 'UND_ERR_SOCKET';
  });
}
