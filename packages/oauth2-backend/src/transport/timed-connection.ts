/** Connections as Node's agents want them: at once, before they are connected, and closed when they are not connected in time. */

import type { Duplex } from 'node:stream';
import tls, { type ConnectionOptions } from 'node:tls';
import type { ResolvedProxy } from '../definitions/resolved.js';
import { tunnelStream } from './proxy.js';
import type { TransportOptions } from './transport-options.js';

/** The same socket. @param event what it emits when it is connected */
export function connectedInTime<S extends Duplex>(
  { connectTimeout, lateConnect }: TransportOptions,
  event: 'connect' | 'secureConnect',
  socket: S,
): S {
  if (connectTimeout === 0) return socket;
  const timer = setTimeout(() => socket.destroy(lateConnect()), connectTimeout).unref();
  const stop = () => clearTimeout(timer);
  return socket.once(event, stop).once('close', stop);
}

/** TLS through a proxy. At once, before there is a tunnel: Node counts no other towards its cap. */
export function tunnelledTls(
  options: TransportOptions,
  proxy: ResolvedProxy,
  target: ConnectionOptions,
): tls.TLSSocket {
  const end = { host: target.host ?? '', port: target.port ?? 443 };
  return connectedInTime(options, 'secureConnect', tls.connect({ ...target, socket: tunnelStream(proxy, end) }));
}
