/** WebSockets beside the routes of an application: `app.listen()` gives the server. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express5 from 'express';
import * as express from 'express-oauth2-backend';
// oxlint-disable-next-line import/default -- typed by Express 5's `export =`
import express4 from 'express4';
import Koa3 from 'koa';
import * as koa from 'koa-oauth2-backend';
// oxlint-disable-next-line import/default -- typed by Koa 3's `export =`
import Koa2 from 'koa2';
import type { BackendDefinitions, Backends } from 'oauth2-backend';
import { tokenServer } from 'test-servers/token-server';
import { WebSocket, WebSocketServer } from 'ws';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Start = (definitions: BackendDefinitions) => { server: Server; clients: Backends };

const startExpress =
  (make: typeof express5): Start =>
  (definitions) => {
    const clients = express.backends(definitions);
    const app = make().use(clients).use('/api', express.forward('api'));
    return { server: app.listen(0, '127.0.0.1'), clients };
  };

const startKoa =
  (Make: typeof Koa3): Start =>
  (definitions) => {
    const clients = koa.backends(definitions);
    const app = new Make().use(clients).use(koa.forward('api', { mount: '/api' }));
    return { server: app.listen(0, '127.0.0.1'), clients };
  };

const applications: { name: string; start: Start }[] = [
  { name: 'Express 4', start: startExpress(express4) },
  { name: 'Express 5', start: startExpress(express5) },
  { name: 'Koa 2', start: startKoa(Koa2) },
  { name: 'Koa 3', start: startKoa(Koa3) },
];

function ended(server: Server): Server {
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return server;
}

describe.each(applications)(
  'server.on("upgrade", backends(definitions).upgrade(name, options)), $name',
  ({ start }) => {
    it('sends WebSockets on with the token that forward sends, and leaves HTTP to the application', async () => {
      const as = await tokenServer();
      ends.push(() => as.close());
      const seen: (string | undefined)[] = [];
      const api = ended(
        createServer(({ url, headers }, response) => {
          seen.push(url, headers.authorization);
          response.end('over HTTP');
        }).listen(0, '127.0.0.1'),
      );
      new WebSocketServer({ server: api }).on('connection', (socket, { url, headers }) => {
        seen.push(url, headers.authorization);
        socket.on('message', (data: Buffer) => socket.send(`heard ${data.toString()}`));
      });
      await once(api, 'listening');
      const origin = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
      const oauth2 = { token_endpoint: as.url, client_id: 'shop', client_secret: 'secret' };
      const { server, clients } = start({
        api: { origin, path_prefix: '/v1', oauth2: { grant_type: 'client_credentials', ...oauth2 } },
      });
      ended(server);
      ends.push(() => clients.close({ timeout: 0 }));
      const authorize = async () => ({ user: 'ann' });
      server.on('upgrade', clients.upgrade('api', { mount: '/api', authorize }));
      await once(server, 'listening');
      const address = `127.0.0.1:${(server.address() as AddressInfo).port}/api/feed?x=1`;

      const socket = new WebSocket(`ws://${address}`);
      await once(socket, 'open');
      socket.send('me');
      expect(String((await once(socket, 'message'))[0])).toBe('heard me');
      expect(await (await fetch(`http://${address}`)).text()).toBe('over HTTP');
      socket.close();
      await once(socket, 'close');
      expect(seen).toEqual(['/v1/feed?x=1', 'Bearer token-1', '/v1/feed?x=1', 'Bearer token-1']);
      expect(as.requests).toHaveLength(1);
    });
  },
);
