/** A backend below `/v1` with its token server, and a foreign server that nobody may ever connect to. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Backend } from 'oauth2-backend';
import { type ClientWorld, clientWorld } from '../../packages/oauth2-backend/test/clients/client-world.js';

export interface HostileWorld extends ClientWorld {
  /** The backend under attack. */
  readonly target: Backend;
  /** `127.0.0.1:port` of the foreign server; it listens on `[::1]` too where there is one. */
  readonly foreign: string;
  /** Connections to the foreign server, whatever came over them. */
  connections(): number;
  /** `{api}`, `{foreign}` and their ports as `{api:port}`, `{foreign:port}` in a text. */
  fill(text: string): string;
  /** Nobody but those that the test allows has heard anything. */
  heard(): { foreign: number; tokens: number; api: string[] };
  /** Forgets what was heard, and the token. */
  renew(): Promise<void>;
}

/** Starts it. */
export async function hostileWorld(): Promise<HostileWorld> {
  const world = await clientWorld();
  const sockets = new Set<Socket>();
  let count = 0;
  const listener = (socket: Socket) => {
    count += 1;
    sockets.add(socket.on('error', () => undefined));
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  };
  const servers = [createServer(listener), createServer(listener)] as const;
  servers[0].listen(0, '127.0.0.1');
  await once(servers[0], 'listening');
  const { port } = servers[0].address() as AddressInfo;
  await listenIfPossible(servers[1], port);
  const api = new URL(world.api.origin);
  const names: Record<string, string> = {
    '{api}': api.host,
    '{api:port}': api.port,
    '{foreign}': `127.0.0.1:${port}`,
    '{foreign:port}': String(port),
  };
  const make = () => world.backends({ path_prefix: '/v1' });
  let backends = make();

  return {
    ...world,
    get target() {
      return backends.get('api');
    },
    foreign: `127.0.0.1:${port}`,
    connections: () => count,
    fill: (text) => text.replaceAll(/\{(?:api|foreign)(?::port)?\}/g, (name) => names[name] ?? name),
    heard: () => ({
      foreign: count,
      tokens: world.as.requests.length,
      api: world.api.requests.map(({ url }) => url),
    }),
    async renew() {
      count = 0;
      world.as.reset();
      world.api.reset();
      await backends.close({ timeout: 0 });
      backends = make();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
      await world.close();
    },
  };
}

async function listenIfPossible(server: Server, port: number): Promise<void> {
  server.listen(port, '::1');
  await once(server, 'listening').catch(() => undefined);
}
