/** The HTTP/2 connections of one origin: opened, counted, given out. */

import type { Socket } from 'node:net';
import { type buildConnector, errors } from 'undici';
import { openSession, type Session } from './http2-session.js';

export interface Http2SessionsOptions {
  /** https. */
  readonly origin: string;
  /** Opens what the server chooses of both. */
  readonly connect: buildConnector.connector;
  /** 0 for no cap. */
  readonly maxConnections: number;
  readonly reuseConnections: boolean;
  /** Bytes of an answer's headers. */
  readonly maxHeaderSize: number;
}

interface Listener {
  /** The server speaks HTTP/2; there is room for streams. */
  onOpen(): void;
  /** There may be room for another connection. */
  onRoom(): void;
  /** The connection with this number has not come about. */
  onFailure(number: number, error: Error): void;
  /** The server speaks HTTP/1.1. */
  onHttp1(): void;
}

export class Http2Sessions {
  readonly #options: Http2SessionsOptions;
  readonly #listener: Listener;
  readonly #open = new Set<Session>();
  /** The numbers of those that are being opened. */
  readonly #opening = new Set<number>();
  #begun = 0;
  #begunBefore = 0;
  #destroyed = false;

  constructor(options: Http2SessionsOptions, listener: Listener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** How many had been begun when the last one ended: another of them may be dead as well. */
  get begunBefore(): number {
    return this.#begunBefore;
  }

  /** How many are being opened. */
  get opening(): number {
    return this.#opening.size;
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Whether there may be another. */
  get hasRoom(): boolean {
    const { maxConnections } = this.#options;
    return maxConnections === 0 || this.#open.size + this.#opening.size < maxConnections;
  }

  /** One with room for a stream, and with a number greater than this. */
  free(after: number): Session | undefined {
    for (const each of this.#open) {
      if (each.number <= after) continue;
      const room = each.http2.remoteSettings?.maxConcurrentStreams ?? 100;
      if (this.#options.reuseConnections ? each.streams < room : !each.used) return each;
    }
    return undefined;
  }

  /** Opens one with a greater number than this, unless there is one: where there is no room, the oldest makes way. */
  openLater(after: number): void {
    for (const number of this.#opening) if (number > after) return;
    for (const { number } of this.#open) if (number > after) return;
    const [oldest] = this.#open;
    if (oldest && !this.hasRoom) {
      this.#open.delete(oldest);
      oldest.over = true;
      // What it has completes.
      oldest.http2.close();
    }
    this.open();
  }

  open(): void {
    this.#begun += 1;
    const number = this.#begun;
    this.#opening.add(number);
    const { protocol, hostname, host, port } = new URL(this.#options.origin);
    const target = { protocol, host, port, hostname: hostname.replace(/^\[|\]$/g, '') };
    this.#options.connect(target, (error: Error | null, socket: Socket | null) => {
      this.#opening.delete(number);
      if (error || !socket) this.#listener.onFailure(number, error ?? new errors.SocketError('no connection'));
      else if (this.#destroyed) socket.destroy();
      else if ((socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2') this.#start(socket, number);
      else {
        socket.destroy();
        this.#begunBefore = this.#begun;
        this.#listener.onHttp1();
      }
    });
  }

  /** It has ended, or takes no more streams. */
  end(session: Session): void {
    const dead = session.http2.destroyed;
    if (dead ? session.dead : session.over) return;
    session.over = true;
    session.dead = dead;
    this.#open.delete(session);
    this.#begunBefore = this.#begun;
  }

  destroy(): void {
    this.#destroyed = true;
    for (const { http2 } of this.#open) http2.destroy();
  }

  #start(socket: Socket, number: number): void {
    const { origin, maxHeaderSize } = this.#options;
    const session = openSession(socket, { number, origin, maxHeaderSize });
    const end = () => this.end(session);
    // What breaks a session breaks its streams, which tell.
    session.http2.on('error', end).on('goaway', end);
    session.http2.once('close', () => {
      end();
      this.#listener.onRoom();
    });
    this.#open.add(session);
    this.#listener.onOpen();
  }
}
