/** Dropping an answer that nobody will read, so that its connection can be used again. */

const MAX_BYTES = 64 * 1024;
const MAX_TIME = 1_000;

/** Something that gives chunks and can be given up. */
interface Droppable {
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

/** Closes a stream that will not be sent, as undici does it: nobody else would. A web stream that somebody reads is theirs. */
export function abandonBody(body: unknown, reason: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  if ('locked' in body && 'cancel' in body && typeof body.cancel === 'function') {
    if (!body.locked) void (body as ReadableStream).cancel(reason).catch(() => undefined);
    return;
  }
  if (!('destroy' in body) || typeof body.destroy !== 'function') return;
  if ('on' in body && typeof body.on === 'function') body.on('error', () => undefined);
  body.destroy(reason);
}
