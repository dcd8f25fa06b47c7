import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { listen } from 'test-servers/listen';
import { type ProxyServer, proxyServer } from 'test-servers/proxy-server';
import { type UpstreamServer, upstreamServer } from './upstream-server.js';
import { closeWays, ways } from './ways.js';

const authority = certificateAuthority();
const certified = authority.server();
const tls = { server_ca_certificate: authority.ca };
let proxy: ProxyServer;
let plain: UpstreamServer;
let secure: UpstreamServer;

beforeEach(async () => {
  proxy = await proxyServer();
  plain = await upstreamServer({ delay: 10 });
  secure = await upstreamServer({ tls: certified, delay: 10 });
});
afterEach(async () => {
  await closeWays();
  await Promise.all([proxy.close(), plain.close(), secure.close()]);
});

const connections = {
  http: () => ({ upstream: plain, connection: { origin: plain.origin } }),
  https: () => ({ upstream: secure, connection: { origin: secure.origin, tls } }),
  'http through a proxy': () => ({ upstream: plain, connection: { origin: plain.origin, proxy: proxy.url } }),
  'https through a proxy': () => ({ upstream: secure, connection: { origin: secure.origin, tls, proxy: proxy.url } }),
};
const direct = ['http', 'https', 'https through a proxy'] as const;

describe.each(ways)('max_connections, $name', (way) => {
  it.each(Object.keys(connections) as (keyof typeof connections)[])(
    'is never exceeded, and all are served: %s',
    async (kind) => {
      const { upstream, connection } = connections[kind]();
      const { send } = way.open({ ...connection, max_connections: 2 });
      await Promise.all(Array.from({ length: 10 }, send));
      expect(upstream.requests).toHaveLength(10);
      const most = kind === 'http through a proxy' ? proxy.mostOpen() : upstream.mostOpen();
      expect(most).toBe(2);
    },
  );

  it('counts each connection once with disable_connection_reuse', async () => {
    const { send } = way.open({ origin: plain.origin, max_connections: 2, disable_connection_reuse: true });
    await Promise.all(Array.from({ length: 6 }, send));
    expect(plain.requests).toHaveLength(6);
    expect(plain.mostOpen()).toBeLessThanOrEqual(2);
  });

  it('0 is no cap', async () => {
    const { send } = way.open({ origin: plain.origin });
    await Promise.all(Array.from({ length: 6 }, send));
    expect(plain.mostOpen()).toBe(6);
  });
});

describe.each(ways)('disable_connection_reuse, $name', (way) => {
  it.each(direct)('is one connection a request, for those too that wait for one: %s', async (kind) => {
    const { upstream, connection } = connections[kind]();
    const { send } = way.open({ ...connection, disable_connection_reuse: true, max_connections: 1 });
    await Promise.all(Array.from({ length: 3 }, send));
    expect(upstream.requests.map(({ connection: number }) => number)).toEqual([1, 2, 3]);
    expect(upstream.requests.map(({ headers }) => headers.connection)).toEqual(['close', 'close', 'close']);
  });

  it('is one connection a request where the server would leave it open', async () => {
    const requests: number[] = [];
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      const connection = connections;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        requests.push(connection);
        const token = '{"access_token":"a","token_type":"Bearer","expires_in":0}';
        socket.write(
          `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${token.length}\r\n\r\n${token}`,
        );
      });
    });
    const { origin, close } = await listen(server);
    const { send } = way.open({ origin, disable_connection_reuse: true, max_connections: 1 });
    await Promise.all([send(), send()]);
    expect(requests).toEqual([1, 2]);
    await closeWays();
    await close();
  });

  it.each(direct)('is one connection a request; else they are reused: %s', async (kind) => {
    const { upstream, connection } = connections[kind]();
    const single = way.open({ ...connection, disable_connection_reuse: true });
    const shared = way.open(connection);
    for (const { send } of [single, shared]) for (let count = 0; count < 3; count++) await send();
    const used = upstream.requests.map(({ connection: number }) => number);
    expect(used.slice(0, 3)).toEqual([1, 2, 3]);
    // undici may open a second one while it puts the first back.
    expect(new Set(used.slice(3)).size).toBeLessThan(3);
  });
});
