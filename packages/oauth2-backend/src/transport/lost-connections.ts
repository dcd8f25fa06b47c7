/** Connections that die when they are used again: a server may close an idle one at any time (RFC 9112 §9.3.1, §9.5). */

import type { Socket } from 'node:net';
import { memberOf } from '../definitions/own-members.js';

/** Methods whose effect is the same done once or twice (RFC 9110 §9.2.2): a client may repeat them by itself. */
export const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY']);

const LOST: ReadonlySet<unknown> = new Set([
  'ECONNABORTED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
]);

const lost = new WeakSet<object>();

/**
 * Remembers the error of a connection that has served a request and dies before the first byte of the next answer.
 *
 * @param socket of HTTP/1, before undici has it; undici asks for one answer at a time on it
 */
export function watchReuse(socket: Socket): void {
  const { write } = socket;
  let before = 0;

  // undici writes heads, and what frames chunks, as Latin-1; the latter begins with a line end.
  socket.write = function writeAndCount(this: Socket, chunk: string, encoding?: unknown, written?: unknown) {
    if (encoding === 'latin1' && typeof chunk === 'string' && chunk.charCodeAt(0) !== CR) before = socket.bytesRead;
    return write.call(this, chunk, encoding as BufferEncoding, written as () => void);
  };
  socket.on('error', (error) => {
    if (before > 0 && socket.bytesRead === before && isLoss(error)) markDeath(error);
  });
}

const CR = 13;

/** Says of an error that the connection of a request died in reuse. */
export function markDeath(error: Error): void {
  lost.add(error);
}

/** Whether a request failed with this because its connection, which had served another, died before the first byte of an answer. */
export function diedInReuse(error: unknown): boolean {
  return typeof error === 'object' && error !== null && lost.has(error);
}

/** Whether Node or undici gives this error for a connection that died. */
export function isLoss(error: unknown): boolean {
  return typeof error === 'object' && error !== null && LOST.has(memberOf(error as { code?: unknown }, 'code'));
}
