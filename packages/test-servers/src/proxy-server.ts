/** A real HTTP proxy for tests: CONNECT and the absolute form, recorded. It looks every name up as 127.0.0.1. */
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certified } from './certificates.js';
import { listen } from './listen.js';

/** What the proxy was asked for. */
interface ProxiedRequest {
  readonly method: string;
  /** Authority of a CONNECT, else the absolute form. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** The server name of the TLS handshake with the proxy itself. */
  readonly serverName: string | undefined;
}

export interface ProxyServer {
  /** `http://127.0.0.1:port`, `https://localhost:port` with a certificate. */
  readonly url: string;
  /** The same with these characters as user info. */
  urlWith(userInfo: string): string;
  readonly requests: readonly ProxiedRequest[];
  /** `user:pass`; whoever does not show it gets 407. */
  credentials: string | undefined;
  /** Answers everything with this status. */
  refusal: number | undefined;
  /** Answers nothing at all. */
  stalled: boolean;
  /** Has the connection closed by which the next request comes. */
  cutNext(): void;
  /** Connections that are open now, of clients. */
  open(): number;
  /** The most that were open at one time. */
  mostOpen(): number;
  close(): Promise<void>;
}

/** Starts a proxy on a free loopback port; over TLS with a certificate. */
export async function proxyServer(certified?: Certified): Promise<ProxyServer> {
  const requests: ProxiedRequest[] = [];
  const sockets = new Set<Duplex>();
  const clients = new Set<Socket>();
  let most = 0;
  let cutting = false;
  const server = certified ? https.createServer(certified) : http.createServer();

  const judge = (incoming: IncomingMessage): number | 'stall' | undefined => {
    const { method = '', url: target = '', headers, socket } = incoming;
    const { servername } = socket as Socket & { servername?: string | false };
    requests.push({ method, target, headers, serverName: servername || undefined });
    if (proxy.stalled) return 'stall';
    if (proxy.refusal !== undefined) return proxy.refusal;
    const expected = `Basic ${Buffer.from(proxy.credentials ?? '').toString('base64')}`;
    return proxy.credentials === undefined || headers['proxy-authorization'] === expected ? undefined : 407;
  };
  server.on('connection', (socket: Socket) => {
    clients.add(socket.once('close', () => clients.delete(socket)));
    most = Math.max(most, clients.size);
  });
  server.on('connect', (incoming: IncomingMessage, client: Duplex) => {
    keep(client);
    const status = judge(incoming);
    // Unread, a connection that the client has closed would stay open here.
    if (status === 'stall') return void client.resume().once('end', () => client.end());
    if (status !== undefined) return void client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const upstream = connect(Number(incoming.url?.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    keep(upstream);
    upstream.once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
  });
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    const status = judge(incoming);
    if (cutting) {
      cutting = false;
      incoming.socket.destroy();
      return;
    }
    if (status === 'stall') return;
    if (status !== undefined) return void response.writeHead(status).end();
    const { port, pathname, search } = new URL(incoming.url ?? '');
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const options = { host: '127.0.0.1', port, path: pathname + search, method: incoming.method, headers };
    const upstream = http.request({ ...options, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.once('error', () => response.destroy());
    incoming.pipe(upstream);
  });
  const { origin, close } = await listen(server);

  const proxy: ProxyServer = {
    url: origin,
    urlWith: (userInfo) => origin.replace('//', `//${userInfo}@`),
    requests,
    credentials: undefined,
    refusal: undefined,
    stalled: false,
    cutNext() {
      cutting = true;
    },
    open: () => clients.size,
    mostOpen: () => most,
    async close() {
      for (const socket of [...sockets, ...clients]) socket.destroy();
      await close();
    },
  };
  return proxy;

  function keep(socket: Duplex): void {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  }
}
