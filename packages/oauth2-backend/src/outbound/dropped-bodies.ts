/** Bodies that nobody will read, or that nobody will send. */

import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { memberOf } from '../definitions/own-members.js';

const MAX_BYTES = 64 * 1024;
const MAX_TIME = 1_000;

/**
 * Drops the body of an answer that nobody will read, so that its connection can be used again: reads at most 64 KiB for at
 * most 1 s; past either the connection is closed. Never rejects.
 */
export async function dropAnswer(body: Readable): Promise<void> {
  // Giving it up is an error to a body that has not ended.
  body.on('error', () => undefined);
  const timer = setTimeout(() => body.destroy(), MAX_TIME).unref();
  let left = MAX_BYTES;
  try {
    // Leaving the loop destroys the body.
    for await (const chunk of body) {
      left -= (chunk as Uint8Array).length;
      if (left < 0) break;
    }
  } catch {
    // The answer broke off or was given up: either way it is gone.
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Closes what is not sent to its end: a stream, also one that is being read for us, or a generator. A web stream that
 * somebody else reads is theirs. An inbound request flows away: destroyed, it would take the way of its answer along.
 */
export function abandonBody(body: unknown, reason: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  if (body instanceof IncomingMessage) body.resume();
  else if (isFunction(body, 'destroy')) {
    if (memberOf(body as Partial<Readable>, 'readableEnded')) return;
    if (isFunction(body, 'on')) (body as Readable).on('error', () => undefined);
    (body as Readable).destroy(reason as Error);
  } else if (isFunction(body, 'cancel')) {
    if (memberOf(body as Partial<ReadableStream>, 'locked') === false) {
      void (body as ReadableStream).cancel(reason).catch(() => undefined);
    }
  } else if (Symbol.asyncIterator in body && isFunction(body, 'return')) {
    void (body as AsyncGenerator).return(undefined).catch(() => undefined);
  }
}

function isFunction(body: object, name: string): boolean {
  return typeof memberOf(body as Record<string, unknown>, name) === 'function';
}
