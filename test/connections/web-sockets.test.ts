/** The connections that WebSockets go by: TLS, proxies, limits. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import https from 'node:https';
import { createServer as createNetServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type BackendDefinition, createBackends } from 'oauth2-backend';
import { certificateAuthority } from 'test-servers/certificates';
import { listen } from 'test-servers/listen';
import { type ProxyServer, proxyServer } from 'test-servers/proxy-server';
import { MockAgent } from 'undici';
import { WebSocket, WebSocketServer } from 'ws';

const HOST = 'upstream.invalid';
const authority = certificateAuthority();
const certified = authority.server(HOST, 'localhost', 'other.example');
const server_ca_certificate = authority.ca;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Upstream {
  readonly origin: string;
  readonly port: number;
  /** How each handshake came. */
  readonly arrivals: { host: string | undefined; protocol: unknown; serverName: unknown; client: unknown }[];
}

/** Echoes, whatever the name that it is called by. */
async function echo(tls?: https.ServerOptions): Promise<Upstream> {
  const server = tls ? https.createServer(tls) : createServer();
  const arrivals: Upstream['arrivals'] = [];
  new WebSocketServer({ server }).on('connection', (socket, request) => {
    const { alpnProtocol, servername, getPeerCertificate } = request.socket as TLSSocket & { servername?: string };
    const client = getPeerCertificate?.call(request.socket)?.subject?.CN;
    arrivals.push({ host: request.headers.host, protocol: alpnProtocol, serverName: servername, client });
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return { arrivals, ...(await started(server)) };
}

async function started(server: Server): Promise<{ origin: string; port: number }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  const { origin, port, close } = await listen(server);
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    return close();
  });
  return { origin, port };
}

interface Application {
  readonly port: number;
  /** Opens a WebSocket; gives the status of an answer that is no 101. */
  open(headers?: Record<string, string>): Promise<WebSocket | number>;
  readonly errors: { readonly statusCode?: number; readonly message: string }[];
}

async function application(
  definition: BackendDefinition,
  { dispatcher, tls }: { dispatcher?: MockAgent; tls?: https.ServerOptions } = {},
): Promise<Application> {
  const backends = createBackends({ api: definition }, { dispatcher });
  const errors: Application['errors'] = [];
  const onError = (error: unknown) => void errors.push(error as Error);
  const server = tls ? https.createServer(tls) : createServer();
  server.on('upgrade', backends.upgrade('api', { mount: '/', authorize: () => true, onError }));
  const { port } = await started(server);
  ends.push(() => backends.close({ timeout: 0 }));
  return {
    port,
    errors,
    open: (headers = {}) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`${tls ? 'wss' : 'ws'}://localhost:${port}/x`, { ca: authority.ca, headers });
        ends.push(() => socket.terminate());
        socket.once('open', () => resolve(socket));
        socket.once('unexpected-response', (_, answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        });
        socket.on('error', reject);
      }),
  };
}

/** Whether a message of 256 KiB comes back. */
async function echoes(socket: WebSocket | number): Promise<boolean> {
  if (typeof socket === 'number') throw new Error(`answered ${socket}`);
  const sent = Buffer.alloc(256 * 1024, 'x');
  socket.send(sent);
  const [data] = (await once(socket, 'message')) as [Buffer];
  return data.equals(sent);
}

describe('a WebSocket over TLS', () => {
  it('goes by HTTP/1.1, without ALPN, to a server of the configured authority, whatever `http2` says', async () => {
    const { origin, arrivals, port } = await echo({ ...certified, ALPNProtocols: ['h2', 'http/1.1'] });
    const { open } = await application({ origin, http2: true, tls: { server_ca_certificate } });
    expect(await echoes(await open())).toBe(true);
    expect(arrivals).toMatchObject([{ host: `localhost:${port}`, protocol: false, serverName: 'localhost' }]);
  });

  it('is a 502 with a server of another authority, or of another name', async () => {
    const { origin, port } = await echo(authority.server('other.example'));
    for (const definition of [{ origin }, { origin: `https://localhost:${port}`, tls: { server_ca_certificate } }]) {
      const { open, errors } = await application(definition);
      expect(await open()).toBe(502);
      expect(errors).toMatchObject([{ statusCode: 502 }]);
    }
  });

  it('asks for `hostname`, and shows the client certificate', async () => {
    const { origin, arrivals } = await echo({ ...certified, ca: authority.ca, requestCert: true });
    const { cert, key } = authority.client('shop');
    const tls = { server_ca_certificate, client_certificate: cert, client_private_key: key };
    const { open } = await application({ origin, hostname: 'other.example', tls });
    expect(await echoes(await open())).toBe(true);
    expect(arrivals).toMatchObject([{ host: 'other.example', serverName: 'other.example', client: 'shop' }]);
  });
});

describe('a WebSocket through a proxy', () => {
  let proxy: ProxyServer;
  const through = async (secure: boolean) => {
    proxy = await proxyServer();
    ends.push(() => proxy.close());
    const { port, arrivals } = await echo(secure ? certified : undefined);
    const origin = `${secure ? 'https' : 'http'}://${HOST}:${port}`;
    const trust = secure ? { tls: { server_ca_certificate } } : { allow_http: true };
    return { port, arrivals, definition: { origin, ...trust, connect_timeout: '300ms' } };
  };

  it.each([true, false])(
    'goes by CONNECT, over TLS or not (%s), with the credentials of the proxy for it alone',
    async (secure) => {
      const { definition, port, arrivals } = await through(secure);
      proxy.credentials = 'user:pass';
      const { open } = await application({ ...definition, proxy: proxy.urlWith('user:pass') });
      const socket = await open();
      expect(await echoes(socket)).toBe(true);
      expect(proxy.requests).toMatchObject([{ method: 'CONNECT', target: `${HOST}:${port}` }]);
      expect(arrivals).toMatchObject([{ host: `${HOST}:${port}` }]);
      // connect_timeout ended with the tunnel.
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(await echoes(socket)).toBe(true);
      (socket as WebSocket).close(4000);
      expect((await once(socket as WebSocket, 'close'))[0]).toBe(4000);
      while (proxy.open() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  );

  it.each([true, false])('is a 502 where that refuses, and a 504 where it says nothing (%s)', async (secure) => {
    const { definition, arrivals } = await through(secure);
    const { open, errors } = await application({ ...definition, proxy: proxy.url });
    proxy.refusal = 403;
    expect(await open()).toBe(502);
    proxy.refusal = undefined;
    proxy.stalled = true;
    expect(await open()).toBe(504);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('403'),
      'connect_timeout of 300 ms is over',
    ]);
    expect(arrivals).toHaveLength(0);
  });
});

describe('a WebSocket of an application over TLS', () => {
  it('comes from a page of the application only by https, and is closed by either side', async () => {
    const { origin, arrivals } = await echo();
    const { open, port } = await application({ origin }, { tls: certified });
    const own = `localhost:${port}`;
    expect(await open({ origin: `http://${own}` })).toBe(403);
    const socket = await open({ origin: `https://${own}` });
    expect(await echoes(socket)).toBe(true);
    expect(arrivals).toHaveLength(1);
    (socket as WebSocket).close(4000);
    expect((await once(socket as WebSocket, 'close'))[0]).toBe(4000);
  });
});

describe('the connection of a WebSocket', () => {
  it('has connect_timeout for its TLS handshake', async () => {
    const { port } = await started(createNetServer());
    const { open, errors } = await application({ origin: `https://localhost:${port}`, connect_timeout: '100ms' });
    expect(await open()).toBe(504);
    expect(errors).toMatchObject([{ statusCode: 504, message: 'connect_timeout of 100 ms is over' }]);
  });

  it('counts towards max_connections until it is closed: who comes then waits', async () => {
    const { origin, arrivals } = await echo();
    const { open } = await application({ origin, max_connections: 1 });
    const first = await open();
    const second = open();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(arrivals).toHaveLength(1);
    (first as WebSocket).close();
    expect(await echoes(await second)).toBe(true);
    expect(arrivals).toHaveLength(2);
  });

  it('is none of a given dispatcher', async () => {
    const { origin } = await echo();
    const agent = new MockAgent();
    agent.disableNetConnect();
    expect(await echoes(await (await application({ origin }, { dispatcher: agent })).open())).toBe(true);
  });
});
