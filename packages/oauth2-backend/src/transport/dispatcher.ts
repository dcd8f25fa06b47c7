/** The undici connections of one backend. */

import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, errors } from 'undici';
import { openInTime } from './connect-limit.js';
import { openTunnel, proxyAuthorization } from './proxy.js';
import type { TransportOptions } from './transport.js';

/** A dispatcher with the backend's limits, proxy and TLS settings. */
export function ownDispatcher(options: TransportOptions, trust: ConnectionOptions): Dispatcher {
  const { proxy, http2, maxConnections, reuseConnections, origin } = options;
  const agent = new Agent({
    connect: connector(options, trust),
    allowH2: http2,
    ...(maxConnections > 0 && { connections: maxConnections }),
    pipelining: reuseConnections ? 1 : 0,
    // undici's own timers are up to a second late; limits are set per call.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  if (!proxy || !origin.startsWith('http:')) return agent;

  return agent.compose((dispatch) => (request, handler) => {
    const headers = { ...(request.headers as Record<string, string>), ...proxyAuthorization(proxy) };
    headers['host'] ??= new URL(origin).host;
    return dispatch({ ...request, origin: proxy.url, path: `${origin}${request.path}`, headers }, handler);
  });
}

function connector(options: TransportOptions, trust: ConnectionOptions): buildConnector.connector {
  const connect = buildConnector({ ...trust, timeout: 0, allowH2: options.http2 } as buildConnector.BuildOptions);
  const { proxy, connectTimeout: milliseconds } = options;

  return function connectInTime(target, callback) {
    const late = () => new errors.ConnectTimeoutError(`no connection to ${target.hostname} within ${milliseconds} ms`);
    openInTime<Socket>(
      { milliseconds, late },
      (settle, signal) => {
        const open = (httpSocket?: Socket) => {
          const done = settle as buildConnector.Callback;
          // A look-up or handshake under way has a socket already; undici returns it though its type says nothing of it.
          const socket: unknown = connect({ ...target, ...(httpSocket && { httpSocket }) }, done);
          signal.addEventListener('abort', () => (socket as Socket | undefined)?.destroy());
        };
        if (!proxy || target.protocol !== 'https:' || target.hostname === undefined) open();
        else {
          const end = { host: target.hostname, port: target.port || 443 };
          openTunnel(proxy, end, signal, (error, socket) => (socket ? open(socket) : settle(error, null)));
        }
      },
      callback as (error: Error | null, socket: Socket | null) => void,
    );
  };
}
