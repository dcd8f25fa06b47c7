/** The client's side of an upgrade: a socket that Node has handed over, from which nobody reads any more. */

import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { ownMembers } from '../../../definitions/own-members.js';
import type { Declined } from '../forward-answer.js';
import { closeUnread } from '../unread-upload.js';

type Headers = Record<string, string | string[]>;

/** Bytes that are read before the backend has answered; then the client has to wait. */
const MOST_EARLY = 64 * 1024;

/** Reads on, so that a client that leaves is noticed, and holds what it reads. */
export class ClientSocket {
  /** For an answer other than a 101. Closed before it is finished when the client leaves. */
  readonly response: ServerResponse;
  readonly socket: Duplex;
  readonly #request: IncomingMessage;
  readonly #early: Buffer[] = [];
  #bytes = 0;

  constructor(request: IncomingMessage, socket: Duplex, head: Buffer) {
    this.#request = request;
    this.socket = socket;
    this.response = new ServerResponse(request);
    this.response.assignSocket(socket as Socket);
    socket.on('error', () => undefined);
    socket.on('end', this.#leave);
    socket.on('data', this.#hold);
    this.#hold(head);
  }

  /** Whether there is nobody left to answer. */
  get gone(): boolean {
    return this.socket.destroyed;
  }

  /** Gives an answer, and closes the connection. @throws what Node throws for a head that it cannot write */
  give(status: number, statusText: string | undefined, headers: Headers, body: Readable | string): void {
    const { response, socket } = this;
    if (this.gone) {
      if (typeof body !== 'string') body.destroy();
      return;
    }
    response.shouldKeepAlive = false;
    const head = { connection: 'close', ...headers };
    if (statusText === undefined) response.writeHead(status, head);
    else response.writeHead(status, statusText, head);
    this.#drop();
    closeUnread(this.#request);
    // As Node's server does, from which the socket was taken.
    socket.on('drain', () => response.emit('drain'));
    response.once('finish', () => {
      response.detachSocket(socket as Socket);
      (socket as Socket).destroySoon();
    });
    if (typeof body === 'string') {
      response.end(body);
      return;
    }
    body.once('error', () => socket.destroy());
    body.pipe(response);
  }

  /** Answers with a status alone. */
  decline(declined: Pick<Declined, 'headers'> & { readonly status: number }): void {
    const { status, headers } = ownMembers(declined);
    // Who was lent the response may have used it.
    if (this.response.headersSent || this.response.socket === null) {
      this.socket.destroy();
      return;
    }
    const text = `${STATUS_CODES[status] ?? status}\n`;
    const about = { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(text.length) };
    this.give(status, undefined, { ...about, ...headers }, text);
  }

  /** Gives the socket up to a tunnel, and what has come from it. */
  release(): Buffer {
    const { socket } = this;
    socket.off('data', this.#hold);
    socket.off('end', this.#leave);
    socket.pause();
    this.response.detachSocket(socket as Socket);
    return Buffer.concat(this.#early.splice(0));
  }

  readonly #leave = () => {
    if (!this.response.writableEnded) this.socket.destroy();
  };

  readonly #hold = (chunk: Buffer) => {
    if (chunk.length === 0) return;
    this.#early.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= MOST_EARLY) this.socket.pause();
  };

  /** It was never the backend's. */
  #drop(): void {
    this.socket.off('data', this.#hold);
    this.#early.length = 0;
    this.socket.resume();
  }
}
