/** The HTTP/2 connections of one origin, and HTTP/1.1 for a server that does not speak it and for what only HTTP/1.1 has. */

import http2, { type ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { type buildConnector, Dispatcher, errors } from 'undici';
import { Http2Exchange } from './http2-exchange.js';
import { namingHttp2 } from './http2-only.js';
import { http2Request } from './http2-request.js';
import { requestChannels } from './undici-channels.js';
import { UNSET_SESSION, UNSET_SETTINGS } from './unset-options.js';

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

/** A session and how many streams it has had, and has. */
interface Open {
  readonly session: ClientHttp2Session;
  streams: number;
  used: boolean;
}

/** How long a server that chose HTTP/1.1 is not asked again, in milliseconds. */
const HTTP1_CHOSEN = 60_000;
/** An idle session is closed after this many milliseconds. */
const IDLE = 60_000;
/** How often a request that the server did not process is sent again. */
const MAX_REFUSALS = 3;
const WINDOW = 512 * 1024;
/** As many as Node takes over HTTP/1.1. */
const MAX_HEADERS = 2000;

/**
 * Not undici's own HTTP/2, which gives up all requests at a graceful GOAWAY, cuts answers with trailers short, and fails an
 * assertion for a body on most methods (undici 7, nodejs/undici#5027, #5089).
 */
export class Http2Dispatcher extends Dispatcher {
  readonly #options: Http2Options;
  readonly #open = new Set<Open>();
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
    for (const { session } of this.#open) session.destroy();
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

  #free(): Open | undefined {
    for (const each of this.#open) {
      const room = each.session.remoteSettings?.maxConcurrentStreams ?? 100;
      if (this.#options.reuseConnections ? each.streams < room : !each.used) return each;
    }
    return undefined;
  }

  #send(waiting: Waiting, open: Open): void {
    open.used = true;
    open.streams += 1;
    open.session.ref();
    const ended = (how: 'over' | 'unprocessed') => {
      open.streams -= 1;
      if (!this.#options.reuseConnections) open.session.close();
      else if (open.streams === 0 && !open.session.destroyed) open.session.unref();
      if (how === 'unprocessed') this.#again(waiting);
      this.#serve();
    };
    try {
      waiting.exchange.send(open.session, ended);
    } catch (error) {
      // A session that is being closed takes no stream.
      this.#open.delete(open);
      open.streams -= 1;
      if (open.session.closed || open.session.destroyed) this.#again(waiting);
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
    const session = http2.connect(origin, {
      ...(UNSET_SESSION as object),
      createConnection: () => socket,
      settings: {
        ...(UNSET_SETTINGS as object),
        enablePush: false,
        initialWindowSize: WINDOW,
        maxHeaderListSize: 2 * maxHeaderSize,
      },
      maxHeaderListPairs: MAX_HEADERS,
    });
    this.#speaksHttp2 = true;
    const open: Open = { session, streams: 0, used: false };
    const retire = () => void this.#open.delete(open);
    // What breaks a session breaks its streams, which tell.
    session.on('error', retire).on('goaway', retire);
    session.once('close', () => {
      retire();
      this.#serve();
    });
    session.setTimeout(IDLE, () => {
      if (open.streams === 0) session.close();
    });
    session.unref();
    this.#open.add(open);
    this.#serve();
  }
}
