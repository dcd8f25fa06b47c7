/** What an origin with HTTP/2 is asked: over HTTP/2, and over HTTP/1.1 where the server does not speak it or only that has what is asked. */

import { Dispatcher, errors } from 'undici';
import { Http2Exchange } from './http2-exchange.js';
import { namingHttp2 } from './http2-only.js';
import { http2Request } from './http2-request.js';
import type { Session } from './http2-session.js';
import { Http2Sessions, type Http2SessionsOptions } from './http2-sessions.js';
import { requestChannels } from './undici-channels.js';

interface Http2Options extends Http2SessionsOptions {
  /** HTTP/1.1 and nothing else. */
  readonly http1: Dispatcher;
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
  readonly #sessions: Http2Sessions;
  readonly #waiting: Waiting[] = [];
  #http1Until = 0;
  #speaksHttp2 = false;
  #destroyed = false;

  constructor(options: Http2Options) {
    super();
    this.#options = options;
    this.#sessions = new Http2Sessions(options, {
      onOpen: () => {
        this.#speaksHttp2 = true;
        this.#serve();
      },
      onRoom: () => this.#serve(),
      onFailure: (error) => this.#failAll(error),
      onHttp1: () => this.#fallBack(),
    });
  }

  override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { http1, maxHeaderSize } = this.#options;
    if (this.#destroyed || performance.now() < this.#http1Until) return http1.dispatch(request, handler);
    const own = http2Request(request);
    if (!own) return http1.dispatch(request, namingHttp2(handler, request.method));
    const channels = requestChannels(request, own.headers);
    // Until then it may become one of HTTP/1.1, which undici tells of.
    if (this.#speaksHttp2) channels?.onCreate();
    const exchange = new Http2Exchange({ request: own, handler, channels, maxHeaderSize });
    this.#waiting.push({ exchange, request, handler, refusals: 0 });
    this.#serve();
    return true;
  }

  override async destroy(): Promise<void> {
    this.#destroyed = true;
    for (const { exchange } of this.#waiting.splice(0)) exchange.fail(new errors.ClientDestroyedError());
    this.#sessions.destroy();
  }

  /** Sends what waits where there is room, and opens a connection where there is none. */
  #serve(): void {
    for (let [next] = this.#waiting; next; [next] = this.#waiting) {
      const session = this.#sessions.free();
      if (!session) break;
      this.#waiting.shift();
      this.#send(next, session);
    }
    const { length } = this.#waiting;
    const wanted = this.#options.reuseConnections ? Math.min(length, 1) : length;
    while (this.#sessions.opening < wanted && this.#sessions.hasRoom) this.#sessions.open();
  }

  #send(waiting: Waiting, session: Session): void {
    const { http2 } = session;
    session.used = true;
    session.streams += 1;
    http2.ref();
    const ended = (how: 'over' | 'unprocessed') => {
      session.streams -= 1;
      if (!this.#options.reuseConnections) http2.close();
      else if (session.streams === 0 && !http2.destroyed) http2.unref();
      if (how === 'unprocessed') this.#again(waiting);
      this.#serve();
    };
    try {
      waiting.exchange.send(http2, ended);
    } catch (error) {
      // A session that is being closed takes no stream.
      this.#sessions.drop(session);
      session.streams -= 1;
      if (http2.closed || http2.destroyed) this.#again(waiting);
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

  #failAll(error: Error): void {
    const { reuseConnections } = this.#options;
    // Those who wait for a session that is there still have one.
    if (this.#sessions.hasOpen && reuseConnections) return;
    const failed = reuseConnections ? this.#waiting.splice(0) : this.#waiting.splice(0, 1);
    for (const { exchange } of failed) exchange.fail(error);
  }

  #fallBack(): void {
    this.#http1Until = performance.now() + HTTP1_CHOSEN;
    this.#speaksHttp2 = false;
    for (const { request, handler } of this.#waiting.splice(0)) this.#options.http1.dispatch(request, handler);
  }
}
