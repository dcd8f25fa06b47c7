/** Going through an HTTP proxy: CONNECT for https (RFC 9110 §9.3.6), the absolute form for http (RFC 9112 §3.2.2). */

import http from 'node:http';
import https from 'node:https';
import { isIP, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ResolvedProxy } from '../definitions/resolved.js';
import { UNSET_REQUEST, UNSET_TLS } from './unset-options.js';

interface TunnelEnd {
  readonly host: string;
  readonly port: number | string;
}

/** Options for a TLS connection to the proxy itself; Node would take the name it asks for from the Host field. */
export function proxyTls({ url }: ResolvedProxy): { servername?: string } {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:') return {};
  return { servername: isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : '' };
}

/** The field that proves the client to the proxy; none without credentials. */
export function proxyAuthorization({ credentials }: ResolvedProxy): Record<string, string> {
  return credentials === undefined
    ? {}
    : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

interface OpenTunnelOptions {
  readonly signal: AbortSignal;
  /** Told when the proxy is connected. */
  readonly onProxy?: (() => void) | undefined;
  /** Called once, with the socket or with why there is none. */
  readonly done: (error: Error | null, socket: Socket | null) => void;
}

/** Opens a tunnel. */
export function openTunnel(proxy: ResolvedProxy, end: TunnelEnd, { signal, onProxy, done }: OpenTunnelOptions): void {
  const authority = `${end.host.includes(':') && !end.host.startsWith('[') ? `[${end.host}]` : end.host}:${end.port}`;
  const secure = proxy.url.startsWith('https:');
  const { request } = secure ? https : http;
  const connect = request(proxy.url, {
    ...(UNSET_REQUEST as object),
    ...(UNSET_TLS as object),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...proxyAuthorization(proxy) },
    agent: false,
    ...proxyTls(proxy),
    signal,
  });
  if (onProxy) connect.once('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', onProxy));
  connect.once('connect', ({ statusCode = 0 }, socket: Socket, head) => {
    if (statusCode >= 200 && statusCode < 300 && head.length === 0) done(null, socket);
    else {
      socket.destroy();
      done(noTunnel(statusCode), null);
    }
  });
  connect.once('response', (answer) => {
    answer.destroy();
    done(noTunnel(answer.statusCode), null);
  });
  connect.once('error', (error) => {
    // Node keeps the bytes that it could not parse: a proxy may have repeated the credentials in them.
    if (Object.hasOwn(error, 'rawPacket')) delete (error as { rawPacket?: unknown }).rawPacket;
    done(error, null);
  });
  connect.end();
}

function noTunnel(status: number | undefined): Error {
  const message = `the proxy answered CONNECT with ${status}`;
  return Object.assign(new Error(message), { code: 'ERR_PROXY_CONNECT', proxyStatus: status });
}

/** Opens a tunnel and gives its stream at once, which emits `connect` as a socket does; that no tunnel comes about is its error. */
export function tunnelStream(proxy: ResolvedProxy, end: TunnelEnd): Duplex {
  const controller = new AbortController();
  let tunnel: Socket | undefined;
  let early: ((socket: Socket) => void) | undefined;

  // Not opened in `construct`: `destroy` would wait for the proxy.
  const stream: Duplex = new Duplex({
    read: () => void tunnel?.resume(),
    write(chunk, _, written) {
      if (tunnel) tunnel.write(chunk, written);
      else early = (socket) => void socket.write(chunk, written);
    },
    final(ended) {
      if (tunnel) tunnel.end(ended);
      else ended();
    },
    destroy(error, destroyed) {
      controller.abort();
      tunnel?.destroy();
      destroyed(error);
    },
  });
  openTunnel(proxy, end, { signal: controller.signal, done: carry });
  return stream;

  function carry(error: Error | null, socket: Socket | null): void {
    if (!socket || stream.destroyed) {
      socket?.destroy();
      stream.destroy(error ?? undefined);
      return;
    }
    tunnel = socket;
    socket.on('data', (chunk) => void (stream.push(chunk) || socket.pause()));
    socket.once('end', () => stream.push(null));
    socket.once('error', (failure) => stream.destroy(failure));
    socket.once('close', () => stream.destroy());
    early?.(socket);
    stream.emit('connect');
  }
}
