/** Connections over TLS and through proxies that end when they are used again (RFC 9112 §9.3.1). */

import https from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Backend, Backends } from 'oauth2-backend';
import { certificateAuthority } from 'test-servers/certificates';
import { listen } from 'test-servers/listen';
import { proxyServer } from 'test-servers/proxy-server';
import { type ClientWorld, clientWorld } from './client-world.js';
import { closingServer } from './closing-server.js';
import { forwardBy, ordinary, pages, type Sender, stream } from './senders.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

const every = [...ordinary, forwardBy((listener) => world.serve(listener)), stream, pages];

/** Leaves an idle connection: undici needs a turn to see that an answer is over. */
async function first({ send }: Pick<Sender, 'send'>, backend: Backend): Promise<void> {
  expect(await send(backend, 'a')).toMatch(/a$/);
  await delay(10);
}

const reconnects = (backends: Backends<never>) => backends.status()[0]?.counts.reconnects;

describe('a connection that dies on the way', () => {
  const authority = certificateAuthority();

  /** Over TLS, which a server may close without a word. */
  async function secure() {
    const served = new WeakMap<Socket, number>();
    let fresh = false;
    const server = https.createServer(authority.server('localhost'), (request, response) => {
      const before = served.get(request.socket) ?? 0;
      served.set(request.socket, before + 1);
      if (before > 0 || fresh) request.socket.destroy();
      else response.end(request.url);
    });
    const { origin, close } = await listen(server);
    const refuseAll = () => {
      fresh = true;
    };
    return { origin, close, refuseAll, tls: { server_ca_certificate: authority.ca } };
  }

  it.each(every)('is replaced over TLS: $name', async ({ send }) => {
    const { origin, close, tls, refuseAll } = await secure();
    const backends = world.backends({ origin, tls });
    const backend = backends.get('api');
    await first({ send }, backend);
    expect(await send(backend, 'b')).toBe('/b');
    expect(reconnects(backends as never)).toBe(1);
    refuseAll();
    await expect(send(backend, 'c')).rejects.toThrow();
    expect(reconnects(backends as never)).toBe(1);
    await close();
  });

  it.each(every.flatMap((sender) => ['http', 'https'].map((scheme) => ({ ...sender, scheme }))))(
    'is replaced through a proxy: $name to $scheme',
    async ({ send, scheme }) => {
      const { origin, close, tls, refuseAll } = await secure();
      const proxy = await proxyServer();
      const plain = await closingServer(world.serve);
      const through = scheme === 'https' ? { origin, tls } : { origin: plain.origin };
      const backends = world.backends({ ...through, proxy: proxy.url, oauth2: false });
      const backend = backends.get('api');
      await first({ send }, backend);
      // The proxy itself keeps no connection to a server without TLS.
      if (scheme === 'http') proxy.cutNext();
      expect(await send(backend, 'b')).toMatch(/b$/);
      expect(reconnects(backends as never)).toBe(1);
      // A new connection has brought nothing, whatever the proxy has answered.
      refuseAll();
      if (scheme === 'http') proxy.cutNext();
      await expect(send(backend, 'c')).rejects.toThrow();
      expect(reconnects(backends as never)).toBe(1);
      await proxy.close();
      await close();
    },
  );
});
