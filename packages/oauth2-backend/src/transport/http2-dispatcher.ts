/** The HTTP/2 connections of one origin, and HTTP/1.1 for a server that does not speak it and for what only HTTP/1.1 has. */

import type { Socket } from 'node:net';
import { type buildConnector, Dispatcher, errors } from 'undici';
import { Http2Exchange } from './http2-exchange.js';
import { namingHttp2 } from './http2-only.js';
import { http2Request } from './http2-request.js';
import { openSession, type Session } from './http2-session.js';
import { requestChannels } from './undici-channels.js';

interface Http2Options {
  /** https. */
  readonly origin: string;
  /** Opens what the server chooses of both. */
  readonly connect: buildConnector.connector;
  /** HTTP/1.1 and nothing else. */
  readonly http1: Dispatcher;
  /** 0 for no cap. */
  readonly maxConnections: number;
  readonly reuseConnections: boolean;
  /** Bytes of an answer's headers. */
  readonly maxHeaderSize: number;
}

/** A request that has no connection yet. */
interface Waiting {
  readonly exchange: Http2Exchange;
  readonly request: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
  refusals: number;
}

/** How long a server that chose HTTP/1.1 is not asked again, in milliseconds. */
const HTTP1_CHOSEN = 60_000;
/** How often a request that the server did not process is sent again. */
const MAX_REFUSALS = 3;

/**
 * Not undici's own HTTP/2, which gives up all requests at a graceful GOAWAY, cuts answers with trailers short, and fails an
 * assertion for a body on most methods (undici 7, nodejs/undici#5027, #5089).
 */
export class Http2Dispatcher extends Dispatcher {
  readonly #options: Http2Options;
  readonly #open = new Set<Session>();
  readonly #waiting: Waiting[] = [];
  #opening = 0;
  #http1Until = 0;
  #speaksHttp2 = false;
  #destroyed = false;

  constructor(options: Http2Options) {
    super();
    this.#options = options;
  }

  override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { http1 } = this.#options;
    if (this.#destroyed || performance.now() < this.#http1Until) return http1.dispatch(request, handler);
    const own = http2Request(request);
    if (!own) return http1.dispatch(request, namingHttp2(handler, request.method));
    const channels = requestChannels(request, own.headers);
    // Until then it may become one of HTTP/1.1, which undici tells of.
    if (this.#speaksHttp2) channels?.onCreate();
    const { maxHeaderSize } = this.#options;
    const exchange = new Http2Exchange({ request: own, handler, channels, maxHeaderSize });
    this.#waiting.push({ exchange, request, handler, refusals: 0 });
    this.#serve();
    return true;
  }

  override async destroy(): Promise<void> {
    this.#destroyed = true;
    for (const { exchange } of this.#waiting.splice(0)) exchange.fail(new errors.ClientDestroyedError());
    for (const { http2 } of this.#open) http2.destroy();
  }

  /** Sends what waits where there is room, and opens a connection where there is none. */
  #serve(): void {
    while (this.#waiting.length > 0) {
      const free = this.#free();
      if (!free) break;
      this.#send(this.#waiting.shift() as Waiting, free);
    }
    const { maxConnections, reuseConnections } = this.#options;
    const wanted = reuseConnections ? Math.min(this.#waiting.length, 1) : this.#waiting.length;
    while (this.#opening < wanted && (maxConnections === 0 || this.#open.size + this.#opening < maxConnections)) {
      this.#connect();
    }
  }

  #free(): Session | undefined {
    for (const each of this.#open) {
      const room = each.http2.remoteSettings?.maxConcurrentStreams ?? 100;
      if (this.#options.reuseConnections ? each.streams < room : !each.used) return each;
    }
    return undefined;
  }

  #send(waiting: Waiting, open: Session): void {
    open.used = true;
    open.streams += 1;
    open.http2.ref();
    const ended = (how: 'over' | 'unprocessed') => {
      open.streams -= 1;
      if (!this.#options.reuseConnections) open.http2.close();
      else if (open.streams === 0 && !open.http2.destroyed) open.http2.unref();
      if (how === 'unprocessed') this.#again(waiting);
      this.#serve();
    };
    try {
      waiting.exchange.send(open.http2, ended);
    } catch (error) {
      // A session that is being closed takes no stream.
      this.#open.delete(open);
      open.streams -= 1;
      if (open.http2.closed || open.http2.destroyed) this.#again(waiting);
      else waiting.exchange.fail(error as Error);
    }
  }

  #again(waiting: Waiting): void {
    waiting.refusals += 1;
    if (this.#destroyed) waiting.exchange.fail(new errors.ClientDestroyedError());
    else if (waiting.refusals > MAX_REFUSALS) {
      waiting.exchange.fail(new errors.SocketError(`HTTP/2: the server refused the request ${MAX_REFUSALS + 1} times`));
    } else this.#waiting.unshift(waiting);
  }

  #connect(): void {
    this.#opening += 1;
    const { protocol, hostname, host, port } = new URL(this.#options.origin);
    const target = { protocol, host, port, hostname: hostname.replace(/^\[|\]$/g, '') };
    this.#options.connect(target, (error: Error | null, socket: Socket | null) => {
      this.#opening -= 1;
      if (error || !socket) this.#failAll(error ?? new errors.SocketError('no connection'));
      else if (this.#destroyed) socket.destroy();
      else if ((socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2') this.#start(socket);
      else this.#fallBack(socket);
    });
  }

  #failAll(error: Error): void {
    // Those who wait for a session that is there still have one.
    if (this.#open.size > 0 && this.#options.reuseConnections) return;
    const failed = this.#options.reuseConnections ? this.#waiting.splice(0) : this.#waiting.splice(0, 1);
    for (const { exchange } of failed) exchange.fail(error);
  }

  #fallBack(socket: Socket): void {
    socket.destroy();
    this.#http1Until = performance.now() + HTTP1_CHOSEN;
    this.#speaksHttp2 = false;
    for (const { request, handler } of this.#waiting.splice(0)) this.#options.http1.dispatch(request, handler);
  }

  #start(socket: Socket): void {
    const { origin, maxHeaderSize } = this.#options;
    const open = openSession(socket, { origin, maxHeaderSize });
    this.#speaksHttp2 = true;
    const retire = () => void this.#open.delete(open);
    // What breaks a session breaks its streams, which tell.
    open.http2.on('error', retire).on('goaway', retire);
    open.http2.once('close', () => {
      retire();
      this.#serve();
    });
    this.#open.add(open);
    this.#serve();
  }
}
