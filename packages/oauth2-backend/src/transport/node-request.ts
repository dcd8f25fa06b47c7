/** Node's own requests through one backend's connections: what got sends with. */

import http, { type ClientRequest, Agent as HttpAgent, type InformationEvent, type RequestOptions } from 'node:http';
import https, { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import tls, { type ConnectionOptions } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import type { ResolvedProxy } from '../definitions/resolved.js';
import { endlessInterim, MAX_INTERIM } from './interim-answers.js';
import { proxyAuthorization, proxyTls, tunnelStream } from './proxy.js';
import type { TransportOptions } from './transport-options.js';
import { UNSET_POOL, UNSET_REQUEST } from './unset-options.js';

/** What a request says of itself; where it goes to and how is said by the backend. */
export type OwnRequestOptions = Pick<
  RequestOptions,
  'method' | 'headers' | 'maxHeaderSize' | 'family' | 'localAddress'
>;

/** Sends requests; the agents are one for each scheme. */
export interface NodeRequests {
  /** @param newConnection whether it goes on one that no other request has used, or will */
  request(href: string, options: OwnRequestOptions, newConnection?: boolean): ClientRequest;
  destroy(): void;
}

/** Prepares agents with the backend's cap, proxy and TLS settings. */
export function nodeRequests(options: TransportOptions, trust: ConnectionOptions): NodeRequests {
  const { proxy, maxConnections, maxHeaderSize: limit, reuseConnections, origin } = options;
  const absoluteForm = proxy !== undefined && origin.startsWith('http:');
  const secure = (absoluteForm ? proxy.url : origin).startsWith('https:');
  const shared = openAgent(reuseConnections);
  let unshared: HttpAgent | undefined;
  const client = secure ? https : http;
  const { protocol, hostname, port } = urlToHttpOptions(new URL(origin));

  return {
    request(href, request, newConnection = false) {
      if (newConnection) unshared ??= openAgent(false);
      const agent = newConnection && unshared ? unshared : shared;
      return open(href, request, agent).on('information', limitInterim);
    },
    destroy() {
      shared.destroy();
      unshared?.destroy();
    },
  };

  function openAgent(keepAlive: boolean): HttpAgent {
    const pool = { ...UNSET_POOL, keepAlive, ...(maxConnections > 0 && { maxSockets: maxConnections }) };
    return secure
      ? secureAgent(options, { ...pool, ...(absoluteForm ? proxyTls(proxy) : trust) })
      : plainAgent(options, pool);
  }

  function open(href: string, request: OwnRequestOptions, agent: HttpAgent): ClientRequest {
    if (!absoluteForm) {
      if (!href.startsWith(`${origin}/`))
        return client.request(href, {
          ...(UNSET_REQUEST as object),
          ...request,
          maxHeaderSize: request.maxHeaderSize ?? limit,
          agent,
        });
      // Node would parse the whole each time.
      const { method, headers, maxHeaderSize = limit, family, localAddress } = request;
      const path = href.slice(origin.length);
      return client.request({
        ...(UNSET_REQUEST as object),
        protocol,
        hostname,
        port,
        path,
        method,
        headers,
        maxHeaderSize,
        family,
        localAddress,
        agent,
      });
    }
    const headers = { ...(request.headers as Record<string, string>), ...proxyAuthorization(proxy) };
    if (!Object.hasOwn(headers, 'host')) headers['host'] = new URL(origin).host;
    return client.request(proxy.url, {
      ...(UNSET_REQUEST as object),
      ...request,
      maxHeaderSize: request.maxHeaderSize ?? limit,
      path: href,
      headers,
      agent,
    });
  }
}

/** Node passes over any number of interim answers. */
function limitInterim(this: ClientRequest, { rawHeaders }: InformationEvent): void {
  const seen = interim.get(this) ?? { count: 0, bytes: 0 };
  seen.count += 1;
  seen.bytes += rawHeaders.reduce((sum, text) => sum + text.length, 0);
  interim.set(this, seen);
  if (seen.count <= MAX_INTERIM.count && seen.bytes <= MAX_INTERIM.bytes) return;
  this.destroy(endlessInterim());
  // Node goes on with the piece that it has at hand.
  this.removeAllListeners('response');
}

const interim = new WeakMap<ClientRequest, { count: number; bytes: number }>();

function plainAgent(options: TransportOptions, pool: object): HttpAgent {
  const agent = new HttpAgent(pool);
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (target, connected) => limited(options, 'connect', open(target, connected) as Socket);
  return agent;
}

function secureAgent(options: TransportOptions, settings: object): HttpsAgent {
  const agent = new HttpsAgent(settings);
  const open = agent.createConnection.bind(agent);
  const { proxy, origin } = options;
  agent.createConnection = (target, connected) =>
    proxy && origin.startsWith('https:')
      ? tunnelled(options, proxy, target as ConnectionOptions)
      : limited(options, 'secureConnect', open(target, connected) as Socket);
  return agent;
}

/** The socket at once, as Node wants it; it is closed when it is not connected in time. */
function limited(
  { connectTimeout, lateConnect }: TransportOptions,
  event: 'connect' | 'secureConnect',
  socket: Socket,
): Socket {
  if (connectTimeout === 0) return socket;
  const timer = setTimeout(() => socket.destroy(lateConnect()), connectTimeout).unref();
  const stop = () => clearTimeout(timer);
  return socket.once(event, stop).once('close', stop);
}

/** The socket at once, before there is a tunnel: Node counts no other towards its cap. */
function tunnelled(options: TransportOptions, proxy: ResolvedProxy, target: ConnectionOptions): Socket {
  const end = { host: target.host ?? '', port: target.port ?? 443 };
  return limited(options, 'secureConnect', tls.connect({ ...target, socket: tunnelStream(proxy, end) }));
}
