/** The `Retry-After` of an answer (RFC 9110 §10.2.3), kept beside the error it came with. */

const delays = new WeakMap<Error, number>();

/** Milliseconds from now, or `undefined` for an absent or unreadable field. */
export function parseRetryAfter(field: string | readonly string[] | undefined, now: number): number | undefined {
  const text = (Array.isArray(field) ? field[0] : field)?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Notes what the server asked for. */
export function setRetryAfter<E extends Error>(error: E, delay: number | undefined): E {
  if (delay !== undefined) delays.set(error, delay);
  return error;
}

/** What the server asked for with this error, in milliseconds from then. */
export function retryAfterOf(error: unknown): number | undefined {
  return error instanceof Error ? delays.get(error) : undefined;
}
