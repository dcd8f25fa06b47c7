/** The body of an inbound request on its way: streamed, and kept as far as it may have to be sent again. */

import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ClientClosedError } from '../../errors.js';
import { assertUnread } from './held-body.js';
import { isHttp2 } from './inbound-frame.js';

/** A body, and what is kept of it. */
export interface InboundBody {
  /**
   * What to send first: all of it where it is here, or known to be small, else a stream; the inbound request outlives that.
   *
   * @throws ConfigurationError when somebody else has read some of it in the meantime
   */
  start(): Buffer | Readable | Promise<Buffer>;
  /** All of it, or `undefined` when it was not kept or is still arriving: an early refusal does not wait for it. */
  again(): Buffer | undefined;
  /** There is an answer. Gives whether the body is still arriving: what is not sent on by then will not be read. */
  answered(): boolean;
  /** Lets the rest flow away: unread, it would hold the inbound connection. */
  drop(): void;
}

/** One that is kept whole. */
export function heldBody(content: Buffer | Promise<Buffer>): InboundBody {
  let bytes: Buffer | undefined;
  // Who waits for it hears of it.
  if (content instanceof Promise) content.then((all) => (bytes = all)).catch(() => {});
  else bytes = content;
  return { start: () => content, again: () => bytes, answered: () => false, drop() {} };
}

/** Reads a request's body; up to `limit` bytes are kept. Reading stops while whoever gets the stream is slow. */
export function inboundBody(request: IncomingMessage, length: number | 'chunked', limit: number): InboundBody {
  const kept = growingBuffer(length === 'chunked' ? limit : Math.min(limit, length));
  let keeping = length === 'chunked' || length <= limit;
  let size = 0;
  let state: 'arriving' | 'complete' | 'broken' = request.destroyed ? 'broken' : 'arriving';
  let stream: Readable | undefined;
  let answered = false;
  let wake: (() => void) | undefined;
  // Who listens already - a meter, say - hears it later, together with us.
  if (request.readableFlowing) request.pause();
  // From now on: the client may leave before there is a token.
  request.once('end', () => settle(length === 'chunked' || size === length ? 'complete' : 'broken'));
  for (const event of ['aborted', 'error', 'close']) request.once(event, () => settle('broken'));

  return {
    start() {
      assertUnread(request);
      if (state === 'broken') throw new ClientClosedError();
      request.on('data', take);
      if (length !== 'chunked' && keeping) return whole();
      stream = new Readable({
        read: () => void request.resume(),
        destroy(error, callback) {
          if (answered && state === 'arriving') leave();
          else drop();
          callback(error);
        },
      });
      return stream;
    },
    again: () => (keeping && state === 'complete' ? kept.bytes() : undefined),
    answered() {
      answered = state === 'arriving' && !isHttp2(request);
      return answered;
    },
    drop,
  };

  function drop(): void {
    stream = undefined;
    request.resume();
  }

  /** The connection closes after the answer. */
  function leave(): void {
    stream = undefined;
    request.off('data', take);
    request.pause();
  }

  function take(chunk: Buffer): void {
    size += chunk.length;
    if (keeping && size <= limit) kept.add(chunk);
    else if (keeping) {
      keeping = false;
      kept.clear();
    }
    if (stream && !stream.push(chunk)) request.pause();
  }

  function settle(to: 'complete' | 'broken'): void {
    if (state !== 'arriving') return;
    state = to;
    if (to === 'complete') stream?.push(null);
    else stream?.destroy(new ClientClosedError());
    wake?.();
  }

  async function whole(): Promise<Buffer> {
    request.resume();
    if (state === 'arriving') {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (state !== 'complete') throw new ClientClosedError();
    return kept.bytes();
  }
}

interface GrowingBuffer {
  add(chunk: Buffer): void;
  /** All of them, without a copy. */
  bytes(): Buffer;
  /** Lets go of them. */
  clear(): void;
}

/** Room for at most `limit` bytes, taken as they come; who adds more has counted wrong. */
function growingBuffer(limit: number): GrowingBuffer {
  let room: Buffer | undefined;
  let used = 0;

  return {
    add(chunk) {
      // Most bodies come in one piece.
      if (!room) room = chunk;
      else {
        const needed = used + chunk.length;
        if (needed > room.length) room = enlarged(room, used, Math.min(limit, Math.max(1024, 2 * needed)));
        chunk.copy(room, used);
      }
      used += chunk.length;
    },
    bytes: () => room?.subarray(0, used) ?? Buffer.alloc(0),
    clear() {
      room = undefined;
      used = 0;
    },
  };
}

function enlarged(room: Buffer, used: number, size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(size);
  room.copy(larger, 0, 0, used);
  return larger;
}
