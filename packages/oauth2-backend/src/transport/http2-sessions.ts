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
  /** A connection has not come about. */
  onFailure(error: Error): void;
  /** The server speaks HTTP/1.1. */
  onHttp1(): void;
}

export class Http2Sessions {
  readonly #options: Http2SessionsOptions;
  readonly #listener: Listener;
  readonly #open = new Set<Session>();
  #opening = 0;
  #destroyed = false;

  constructor(options: Http2SessionsOptions, listener: Listener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** How many are being opened. */
  get opening(): number {
    return this.#opening;
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Whether there may be another. */
  get hasRoom(): boolean {
    const { maxConnections } = this.#options;
    return maxConnections === 0 || this.#open.size + this.#opening < maxConnections;
  }

  /** One with room for a stream. */
  free(): Session | undefined {
    for (const each of this.#open) {
      const room = each.http2.remoteSettings?.maxConcurrentStreams ?? 100;
      if (this.#options.reuseConnections ? each.streams < room : !each.used) return each;
    }
    return undefined;
  }

  open(): void {
    this.#opening += 1;
    const { protocol, hostname, host, port } = new URL(this.#options.origin);
    const target = { protocol, host, port, hostname: hostname.replace(/^\[|\]$/g, '') };
    this.#options.connect(target, (error: Error | null, socket: Socket | null) => {
      this.#opening -= 1;
      if (error || !socket) this.#listener.onFailure(error ?? new errors.SocketError('no connection'));
      else if (this.#destroyed) socket.destroy();
      else if ((socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2') this.#start(socket);
      else {
        socket.destroy();
        this.#listener.onHttp1();
      }
    });
  }

  /** Gives it no more streams. */
  drop(session: Session): void {
    this.#open.delete(session);
  }

  destroy(): void {
    this.#destroyed = true;
    for (const { http2 } of this.#open) http2.destroy();
  }

  #start(socket: Socket): void {
    const { origin, maxHeaderSize } = this.#options;
    const session = openSession(socket, { origin, maxHeaderSize });
    const drop = () => this.drop(session);
    // What breaks a session breaks its streams, which tell.
    session.http2.on('error', drop).on('goaway', drop);
    session.http2.once('close', () => {
      drop();
      this.#listener.onRoom();
    });
    this.#open.add(session);
    this.#listener.onOpen();
  }
}
