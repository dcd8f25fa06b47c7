/** Requests that ask for another protocol (RFC 9110 §7.8): by HTTP/1.1, each on a connection of its own. */

import http, { type ClientRequest, Agent as HttpAgent, type OutgoingHttpHeaders } from 'node:http';
import https, { Agent as HttpsAgent } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import { limitInterim } from './interim-answers.js';
import { tunnelStream } from './proxy.js';
import { connectedInTime, tunnelledTls } from './timed-connection.js';
import type { TransportOptions } from './transport-options.js';
import { UNSET_POOL, UNSET_REQUEST } from './unset-options.js';

/** Sends them; the connections count towards the cap until they are closed, tunnels too. */
export interface UpgradeRequests {
  /** A GET that is not yet ended. @param path with the query */
  open(path: string, headers: OutgoingHttpHeaders): ClientRequest;
  /** Ends every connection, tunnels too. */
  destroy(): void;
}

/** Prepares an agent with the backend's cap, proxy and TLS settings. */
export function upgradeRequests(options: TransportOptions, trust: ConnectionOptions): UpgradeRequests {
  const { maxConnections, maxHeaderSize, origin } = options;
  const { protocol, hostname, port } = urlToHttpOptions(new URL(origin));
  const secure = protocol === 'https:';
  const pool = {
    ...UNSET_POOL,
    keepAlive: false,
    // What has ended at one side of a tunnel may go on at the other.
    allowHalfOpen: true,
    ...(maxConnections > 0 && { maxSockets: maxConnections }),
  };
  const agent = secure ? secureAgent(options, { ...pool, ...trust }) : plainAgent(options, pool);
  const client = secure ? https : http;

  return {
    open(path, headers) {
      const request = client.request({
        ...(UNSET_REQUEST as object),
        protocol,
        hostname,
        port,
        path,
        method: 'GET',
        headers,
        maxHeaderSize,
        agent,
      });
      // Node's agents forget a connection that is no longer HTTP; here it counts until it is closed.
      request.once('socket', (socket) => socket.removeAllListeners('agentRemove'));
      return request.on('information', limitInterim);
    },
    destroy: () => agent.destroy(),
  };
}

/** Through a proxy by CONNECT (RFC 6455 §4.1): one that reads the request would take `Upgrade` for its own. */
function plainAgent(options: TransportOptions, pool: object): HttpAgent {
  const agent = new HttpAgent(pool);
  const open = agent.createConnection.bind(agent);
  const { proxy } = options;
  agent.createConnection = (target, connected) => {
    const end = { host: target.host ?? '', port: target.port ?? 80 };
    const socket = proxy ? tunnelStream(proxy, end) : open(target, connected);
    return socket && connectedInTime(options, 'connect', socket);
  };
  return agent;
}

function secureAgent(options: TransportOptions, pool: object): HttpsAgent {
  const agent = new HttpsAgent(pool);
  const open = agent.createConnection.bind(agent);
  const { proxy } = options;
  agent.createConnection = (target, connected) => {
    if (proxy) return tunnelledTls(options, proxy, target as ConnectionOptions);
    const socket = open(target, connected);
    return socket && connectedInTime(options, 'secureConnect', socket);
  };
  return agent;
}
