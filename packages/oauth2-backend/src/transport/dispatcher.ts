/** The connections of one backend behind undici's interface. */

import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { type Agent, buildConnector, Dispatcher, errors, Pool } from 'undici';
import type { ResolvedProxy } from '../definitions/resolved.js';
import { readBeforeWriteFails } from './early-answers.js';
import { explainOverflow } from './header-overflow.js';
import { holdEnd } from './held-end.js';
import { Http2Dispatcher } from './http2-dispatcher.js';
import { passOverInterim } from './interim-answers.js';
import { watchReuse } from './lost-connections.js';
import { type ConnectionStage, followSocket, type Openings, openInTime } from './openings.js';
import { openTunnel, proxyAuthorization, proxyTls } from './proxy.js';
import { TracedAgent } from './traced-connections.js';
import type { TransportOptions } from './transport-options.js';
import { SendingClient } from './unsent-bytes.js';
import { UNSET_AGENT, UNSET_TLS } from './unset-options.js';

export interface OwnDispatcher {
  readonly dispatcher: Dispatcher;
  /** For requests whose connection has died: each goes on one that is opened after that. */
  readonly newConnections: Pick<Dispatcher, 'dispatch'>;
  /** How far the oldest connection is that is being opened; nothing where there is none. */
  opening(): ConnectionStage | undefined;
  /** Ends them, and those that are being opened: undici does not know their sockets yet. */
  destroy(): Promise<void>;
}

/** A dispatcher with the backend's limits, proxy and TLS settings. */
export function ownDispatcher(options: TransportOptions, trust: ConnectionOptions): OwnDispatcher {
  const { proxy, http2, maxConnections, maxHeaderSize, reuseConnections, origin } = options;
  const openings: Openings = new Set();
  const agent = openAgent(reuseConnections);
  let unshared: Agent | undefined;
  const http1 = (anew: boolean): Agent => {
    if (!anew) return agent;
    unshared ??= openAgent(false);
    return unshared;
  };
  const connect = connector(options, trust, openings, true);
  // Without TLS nobody says what a server speaks.
  const multiplexed =
    http2 && origin.startsWith('https:')
      ? new Http2Dispatcher({ origin, connect, http1, maxConnections, maxHeaderSize, reuseConnections })
      : undefined;

  return {
    dispatcher: multiplexed ?? throughProxy(agent),
    get newConnections() {
      if (!multiplexed) return throughProxy(http1(true));
      return { dispatch: multiplexed.dispatchAnew.bind(multiplexed) };
    },
    opening: () => openings.values().next().value?.stage,
    async destroy() {
      const destroyed = Promise.all([agent.destroy(), unshared?.destroy(), multiplexed?.destroy()]);
      for (const { giveUp } of openings) giveUp(new errors.ClientDestroyedError('the backends were closed'));
      await destroyed;
    },
  };

  function openAgent(reuse: boolean): Agent {
    return new TracedAgent({
      ...(UNSET_AGENT as object),
      factory: openPool,
      connect: connector(options, trust, openings, false),
      allowH2: false,
      ...(maxConnections > 0 && { connections: maxConnections }),
      maxHeaderSize,
      pipelining: reuse ? 1 : 0,
      // undici's own timers are up to a second late; limits are set per call.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  function throughProxy(direct: Agent): Dispatcher {
    return proxy && origin.startsWith('http:') ? new AbsoluteForm(direct, origin, proxy) : direct;
  }
}

/** By hand, because undici's own hand on what is set alone: the rest would be asked of the prototype. */
function openPool(origin: string | URL, options: object): Dispatcher {
  return new Pool(origin, { ...(UNSET_AGENT as object), ...options, factory: openClient });
}

function openClient(origin: URL, options: { connect: buildConnector.connector }): Dispatcher {
  return new SendingClient(origin, { ...(UNSET_AGENT as object), ...options });
}

/** Not `compose`: what undici puts between does not tell when a request has been written. */
class AbsoluteForm extends Dispatcher {
  readonly #agent: Agent;
  readonly #origin: string;
  readonly #host: string;
  readonly #proxy: ResolvedProxy;

  constructor(agent: Agent, origin: string, proxy: ResolvedProxy) {
    super();
    this.#agent = agent;
    this.#origin = origin;
    this.#host = new URL(origin).host;
    this.#proxy = proxy;
  }

  override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const headers = { ...(request.headers as Record<string, string>), ...proxyAuthorization(this.#proxy) };
    if (!Object.hasOwn(headers, 'host')) headers['host'] = this.#host;
    const path = `${this.#origin}${request.path}`;
    return this.#agent.dispatch({ ...request, origin: this.#proxy.url, path, headers }, handler);
  }
}

function connector(
  options: TransportOptions,
  trust: ConnectionOptions,
  openings: Openings,
  allowH2: boolean,
): buildConnector.connector {
  const { proxy, connectTimeout: milliseconds } = options;
  const secure = options.origin.startsWith('https:');
  // In the absolute form the connection is the proxy's own: neither the backend's certificates nor its name are for it.
  const own = proxy && !secure ? proxyTls(proxy) : {};
  const connect = buildConnector({
    ...(BUILT as object),
    ...(UNSET_TLS as object),
    ...(proxy && !secure ? {} : { ...trust, allowH2 }),
    timeout: 0,
  } as buildConnector.BuildOptions);

  return function connectInTime(target, callback) {
    const late = () => new errors.ConnectTimeoutError(`no connection to ${target.hostname} within ${milliseconds} ms`);
    openInTime<Socket>(
      { milliseconds, late, openings },
      (settle, opening, signal) => {
        const open = (httpSocket?: Socket) => {
          const done = settle as buildConnector.Callback;
          // A look-up or handshake under way has a socket already; undici returns it though its type says nothing of it.
          const socket: unknown = connect({ ...NOWHERE, ...target, ...own, httpSocket } as typeof target, done);
          if (httpSocket) opening.stage = 'handshake';
          else followSocket(socket as Socket, opening, target.hostname ?? '');
          signal.addEventListener('abort', () => (socket as Socket | undefined)?.destroy());
        };
        if (!proxy || !secure || target.hostname === undefined) open();
        else {
          const end = { host: target.hostname, port: target.port || 443 };
          opening.stage = 'proxy';
          openTunnel(proxy, end, {
            signal,
            onProxy: () => {
              opening.stage = 'tunnel';
            },
            done: (error, socket) => (socket ? open(socket) : settle(error, null)),
          });
        }
      },
      (error, socket) => {
        // HTTP/2 reads past the socket.
        if (socket && (socket as TLSSocket).alpnProtocol !== 'h2') {
          holdEnd(socket);
          passOverInterim(socket);
          readBeforeWriteFails(socket);
          watchReuse(socket);
          // Before undici has it from here.
          socket.on('error', (error: NodeJS.ErrnoException) => {
            explainOverflow(error, options.maxHeaderSize);
            // In TLS 1.3 the server's alert comes after the handshake; undici would tell of the end that follows it instead.
            if (error.code?.startsWith('ERR_SSL_')) socket.destroy();
          });
        }
        (callback as (error: Error | null, socket: Socket | null) => void)(error, socket);
      },
    );
  };
}

/** What undici reads of a connector's options beside Node's. */
const BUILT = {
  allowH2: false,
  maxCachedSessions: undefined,
  session: undefined,
  socketPath: undefined,
  useH2c: false,
};
/** What it reads of a connection's. */
const NOWHERE = { host: undefined, localAddress: undefined, servername: undefined };
