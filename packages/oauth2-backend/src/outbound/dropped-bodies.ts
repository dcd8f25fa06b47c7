/** Dropping an answer that nobody will read, so that its connection can be used again. */

const MAX_BYTES = 64 * 1024;
const MAX_TIME = 1_000;

/** Something that gives chunks and can be given up. */
export interface Droppable {
  /** Gives each chunk's length, until the end. */
  readonly chunks: AsyncIterable<number>;
  /** Closes the connection. */
  readonly abandon: () => void;
}

/** Reads at most 64 KiB for at most 1 s; past either the connection is closed. Never rejects. */
export async function dropAnswer({ chunks, abandon }: Droppable): Promise<void> {
  let seen = 0;
  const timer = setTimeout(abandon, MAX_TIME).unref();
  try {
    for await (const length of chunks) {
      seen += length;
      if (seen > MAX_BYTES) break;
    }
    if (seen > MAX_BYTES) abandon();
  } catch {
    // The answer broke off or was given up: either way it is gone.
  } finally {
    clearTimeout(timer);
  }
}
