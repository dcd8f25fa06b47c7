/** Node's own requests through one backend's connections: what got sends with. */

import http, { type ClientRequest, Agent as HttpAgent, type RequestOptions } from 'node:http';
import https, { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import { frameBody } from './framed-body.js';
import { limitInterim } from './interim-answers.js';
import { proxyAuthorization, proxyTls } from './proxy.js';
import { connectedInTime, tunnelledTls } from './timed-connection.js';
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
      const sent = newConnection || !reuseConnections ? lastOnConnection(request) : request;
      return frameBody(open(href, sent, agent)).on('information', limitInterim);
    },
    destroy() {
      shared.destroy();
      unshared?.destroy();
    },
  };

  function openAgent(keepAlive: boolean): HttpAgent {
    const pool = { ...UNSET_POOL, keepAlive, ...(maxConnections > 0 && { maxSockets: maxConnections }) };
    const agent = secure
      ? secureAgent(options, { ...pool, ...(absoluteForm ? proxyTls(proxy) : trust) })
      : plainAgent(options, pool);
    // Whatever `keepAlive` says, Node gives a connection to whoever waits behind `maxSockets`.
    if (!keepAlive) agent.prependListener('free', endUsed);
    return agent;
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

/** Node leaves it out where an agent has `maxSockets`. */
function lastOnConnection(request: OwnRequestOptions): OwnRequestOptions {
  return { ...request, headers: { connection: 'close', ...(request.headers as Record<string, string>) } };
}

function endUsed(socket: Socket): void {
  if (socket.bytesRead > 0) socket.destroy();
}

function plainAgent(options: TransportOptions, pool: object): HttpAgent {
  const agent = new HttpAgent(pool);
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (target, connected) =>
    connectedInTime(options, 'connect', open(target, connected) as Socket);
  return agent;
}

function secureAgent(options: TransportOptions, settings: object): HttpsAgent {
  const agent = new HttpsAgent(settings);
  const open = agent.createConnection.bind(agent);
  const { proxy, origin } = options;
  agent.createConnection = (target, connected) =>
    proxy && origin.startsWith('https:')
      ? tunnelledTls(options, proxy, target as ConnectionOptions)
      : connectedInTime(options, 'secureConnect', open(target, connected) as Socket);
  return agent;
}
