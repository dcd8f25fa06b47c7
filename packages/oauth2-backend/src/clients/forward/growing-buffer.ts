/** Bytes that come in pieces, kept as one: thousands of tiny pieces would take many times their own size. */

/** Bytes so far. */
export interface GrowingBuffer {
  add(chunk: Buffer): void;
  /** All of them, without a copy. */
  bytes(): Buffer;
  /** Lets go of them. */
  clear(): void;
}

/** Room for at most `limit` bytes, taken as they come; who adds more has counted wrong. */
export function growingBuffer(limit: number): GrowingBuffer {
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
