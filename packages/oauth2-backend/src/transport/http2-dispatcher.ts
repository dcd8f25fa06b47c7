/** What an origin with HTTP/2 is asked: over HTTP/2, and over HTTP/1.1 where the server does not speak it or only that has what is asked. */

import { Dispatcher, errors } from 'undici';
import { memberOf } from '../definitions/own-members.js';
import { Http2Exchange } from './http2-exchange.js';
import { namingHttp2 } from './http2-only.js';
import { http2Request } from './http2-request.js';
import type { Session } from './http2-session.js';
import { Http2Sessions, type Http2SessionsOptions } from './http2-sessions.js';
import { requestChannels } from './undici-channels.js';

interface Http2Options extends Http2SessionsOptions {
  /** HTTP/1.1 and nothing else. @param anew on a connection that is opened from now on */
  readonly http1: (anew: boolean) => Dispatcher;
}

type Handler = Dispatcher.DispatchHandler & {
  /** The connection is going away, and the server has not processed the request: it is sent again on another. */
  onReconnect?(): void;
};

/** A request that has no connection yet. */
interface Waiting {
  readonly exchange: Http2Exchange;
  readonly request: Dispatcher.DispatchOptions;
  readonly handler: Handler;
  /** It goes on a connection with a number greater than this. */
  after: number;
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
  /** Those whose connection has died, by `after`: the older ones may be dead as well. */
  readonly #displaced: Waiting[] = [];
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
      onFailure: (number, error) => this.#failAll(number, error),
      onHttp1: () => this.#fallBack(),
    });
  }

  override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.#take(request, handler, false);
  }

  /** The same on a connection that is opened from now on; several may share it. */
  dispatchAnew(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.#take(request, handler, true);
  }

  override async destroy(): Promise<void> {
    this.#destroyed = true;
    for (const { exchange } of this.#takeAll()) exchange.fail(new errors.ClientDestroyedError());
    this.#sessions.destroy();
  }

  #take(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler, anew: boolean): boolean {
    const { http1, maxHeaderSize } = this.#options;
    if (this.#destroyed || performance.now() < this.#http1Until) return http1(anew).dispatch(request, handler);
    const own = http2Request(request);
    if (!own) return http1(anew).dispatch(request, namingHttp2(handler, request.method));
    const channels = requestChannels(request, own.headers);
    // Until then it may become one of HTTP/1.1, which undici tells of.
    if (this.#speaksHttp2) channels?.onCreate();
    const exchange = new Http2Exchange({ request: own, handler, channels, maxHeaderSize });
    const after = anew ? this.#sessions.begunBefore : 0;
    (anew ? this.#displaced : this.#waiting).push({ exchange, request, handler, after, refusals: 0 });
    this.#serve();
    return true;
  }

  /** Sends what waits where there is room, and opens a connection where there is none. */
  #serve(): void {
    this.#sendFrom(this.#displaced);
    this.#sendFrom(this.#waiting);
    const waiting = this.#displaced.length + this.#waiting.length;
    const wanted = this.#options.reuseConnections ? Math.min(waiting, 1) : waiting;
    while (this.#sessions.opening < wanted && this.#sessions.hasRoom) this.#sessions.open();
    const [displaced] = this.#displaced;
    if (displaced) this.#sessions.openLater(displaced.after);
  }

  #sendFrom(queue: Waiting[]): void {
    for (let [next] = queue; next; [next] = queue) {
      const session = this.#sessions.free(next.after);
      if (!session) return;
      queue.shift();
      this.#send(next, session);
    }
  }

  #send(waiting: Waiting, session: Session): void {
    const { http2 } = session;
    session.used = true;
    session.streams += 1;
    http2.ref();
    const ended = (how: 'over' | 'unprocessed') => {
      const gone = http2.closed || http2.destroyed;
      if (gone) this.#sessions.end(session);
      session.streams -= 1;
      if (!this.#options.reuseConnections) http2.close();
      else if (session.streams === 0 && !http2.destroyed) http2.unref();
      if (how === 'unprocessed') this.#again(waiting, gone);
      this.#serve();
    };
    try {
      waiting.exchange.send(session, ended);
    } catch (error) {
      // A session that is being closed takes no stream.
      this.#sessions.end(session);
      session.streams -= 1;
      if (http2.closed || http2.destroyed) this.#again(waiting, false);
      else waiting.exchange.fail(error as Error);
    }
  }

  /** @param gone whether the connection that it was sent by is going away */
  #again(waiting: Waiting, gone: boolean): void {
    waiting.refusals += 1;
    if (this.#destroyed) waiting.exchange.fail(new errors.ClientDestroyedError());
    else if (waiting.refusals > MAX_REFUSALS) {
      waiting.exchange.fail(new errors.SocketError(`HTTP/2: the server refused the request ${MAX_REFUSALS + 1} times`));
    } else if (gone) {
      waiting.after = this.#sessions.begunBefore;
      this.#displaced.push(waiting);
      memberOf(waiting.handler, 'onReconnect')?.call(waiting.handler);
    } else (waiting.after > 0 ? this.#displaced : this.#waiting).unshift(waiting);
  }

  #failAll(number: number, error: Error): void {
    const later = this.#displaced.findIndex(({ after }) => after >= number);
    const failed = this.#displaced.splice(0, later < 0 ? this.#displaced.length : later);
    const { reuseConnections } = this.#options;
    // Those who wait for a session that is there still have one.
    if (!reuseConnections) failed.push(...this.#waiting.splice(0, 1));
    else if (!this.#sessions.hasOpen) failed.push(...this.#waiting.splice(0));
    for (const { exchange } of failed) exchange.fail(error);
  }

  #fallBack(): void {
    this.#http1Until = performance.now() + HTTP1_CHOSEN;
    this.#speaksHttp2 = false;
    for (const { exchange, request, handler, after } of this.#takeAll()) {
      if (!exchange.over) this.#options.http1(after > 0).dispatch(request, handler);
    }
  }

  #takeAll(): Waiting[] {
    return [...this.#displaced.splice(0), ...this.#waiting.splice(0)];
  }
}
