/** An answer that comes before the request has been written, from a server that then reads no more of it. */

import type { Socket } from 'node:net';

/**
 * Has the answer read before a failed write ends the connection: a server that has closed it in the middle of an upload may
 * have said why before. What was not written stays so, and reading tells how the connection ended.
 *
 * @param socket connected, of HTTP/1
 */
export function readBeforeWriteFails(socket: Socket): void {
  const { _write: write, _writev: writeAll } = socket;
  let callback: Callback | undefined;
  let guarded: Callback | undefined;

  // Node gives one socket the same callback each time.
  const guard = (given: Callback): Callback => {
    if (given !== callback || !guarded) {
      callback = given;
      guarded = (error) => {
        if (!CLOSED_BY_PEER.has((error as NodeJS.ErrnoException | undefined)?.code)) given(error);
      };
    }
    return guarded;
  };

  socket._write = (chunk, encoding, done) => write.call(socket, chunk, encoding, guard(done));
  if (writeAll) socket._writev = (chunks, done) => writeAll.call(socket, chunks, guard(done));
}

type Callback = (error?: Error | null) => void;

const CLOSED_BY_PEER: ReadonlySet<string | undefined> = new Set(['ECONNABORTED', 'ECONNRESET', 'EPIPE']);
