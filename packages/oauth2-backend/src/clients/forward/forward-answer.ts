/** What `forward` gives: an answer for the inbound client. */

import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { ownMembers } from '../../definitions/own-members.js';

/** An answer as it is to be sent to the inbound client. */
export interface ForwardAnswer {
  readonly status: number;
  /** The reason phrase: the backend's, or the standard one where Node could not write that (RFC 9112 §4). */
  readonly statusText: string;
  /** Names in lower case; a list where the backend sent the header more than once. */
  readonly headers: Record<string, string | string[]>;
  /** Destroyed with the reason when the backend breaks off: close the client's connection then. */
  readonly body: Readable;
  /** Filled when the body has ended. */
  readonly trailers: Record<string, string | string[]>;
}

/** What a request that is not forwarded is answered with. */
export interface Declined {
  readonly status: 400 | 403 | 404 | 405 | 426 | 431 | 501 | 505;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer to a request that is not forwarded. */
export function declinedAnswer(request: IncomingMessage, declined: Declined): ForwardAnswer {
  const { status, headers } = ownMembers(declined);
  const text = `${STATUS_CODES[status]}\n`;
  const about = { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(text.length) };
  const body = Readable.from(request.method === 'HEAD' ? [] : [Buffer.from(text)]);
  const statusText = STATUS_CODES[status] ?? '';
  return { status, statusText, headers: { ...about, ...headers }, body, trailers: {} };
}

/** Remembers the connection of a request whose refusal closes it. */
export function rememberDeclined(request: IncomingMessage, declined: Declined): void {
  const { headers } = ownMembers(declined);
  if (headers?.['connection'] === 'close' && request.socket) connections.add(request.socket);
}

/** The refusal of what follows on such a connection: Node has parsed it already, and hands it out all the same. */
export function declinedBefore(request: IncomingMessage): Declined | undefined {
  return connections.has(request.socket) ? { status: 400, headers: { connection: 'close' } } : undefined;
}

const connections = new WeakSet<object>();
