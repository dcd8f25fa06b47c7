/** The body of an inbound request on its way: streamed, and kept as far as it may have to be sent again. */

import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ClientClosedError } from '../errors.js';

/** A body that is being read. */
export interface InboundBody {
  /** What to send first: all of it where it is known to be small, else a stream; the inbound request outlives that. */
  start(): Readable | Promise<Buffer>;
  /** All of it once it has arrived, or `undefined` when it was not kept. */
  again(): Promise<Buffer | undefined>;
  /** Lets the rest flow away: unread, it would hold the inbound connection. */
  drop(): void;
}

/** Reads a request's body; up to `limit` bytes are kept. Reading stops while whoever gets the stream is slow. */
export function inboundBody(request: IncomingMessage, length: number | 'chunked', limit: number): InboundBody {
  let kept: Buffer[] | undefined = length === 'chunked' || length <= limit ? [] : undefined;
  let size = 0;
  let state: 'arriving' | 'complete' | 'broken' = 'arriving';
  let stream: Readable | undefined;
  const waiting: (() => void)[] = [];

  return {
    start() {
      read();
      if (length !== 'chunked' && kept) return whole();
      stream = new Readable({
        read: () => void request.resume(),
        destroy(error, callback) {
          drop();
          callback(error);
        },
      });
      return stream;
    },
    async again() {
      if (kept && state === 'arriving') await settled();
      return kept && state === 'complete' ? Buffer.concat(kept) : undefined;
    },
    drop,
  };

  function drop(): void {
    stream = undefined;
    request.resume();
  }

  function read(): void {
    request.on('data', (chunk: Buffer) => {
      keep(chunk);
      if (stream && !stream.push(chunk)) request.pause();
    });
    request.once('end', () => settle('complete'));
    request.once('error', () => settle('broken'));
    request.once('close', () => settle('broken'));
  }

  function keep(chunk: Buffer): void {
    if (!kept) return;
    size += chunk.length;
    if (size <= limit) kept.push(chunk);
    else {
      kept = undefined;
      wake();
    }
  }

  function settle(to: 'complete' | 'broken'): void {
    if (state !== 'arriving') return;
    state = to;
    if (to === 'complete') stream?.push(null);
    else stream?.destroy(new ClientClosedError());
    wake();
  }

  async function whole(): Promise<Buffer> {
    await settled();
    if (state !== 'complete') throw new ClientClosedError();
    return Buffer.concat(kept ?? []);
  }

  function settled(): Promise<void> {
    return new Promise((resolve) => waiting.push(resolve));
  }

  function wake(): void {
    for (const resolve of waiting.splice(0)) resolve();
  }
}
