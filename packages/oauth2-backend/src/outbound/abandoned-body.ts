/** A stream that was to be sent, and will not be. */

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
