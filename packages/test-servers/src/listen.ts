/** A server on a free loopback port. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';

export interface Listening {
  /** `http://127.0.0.1:port`, `https://localhost:port` of a server over TLS. */
  readonly origin: string;
  readonly port: number;
  /** Ends the server and, of one of Node's HTTP/1.1, its connections. */
  close(): Promise<void>;
}

/** Lets a server listen on a port of its own of 127.0.0.1. */
export async function listen(server: Server & { closeAllConnections?(): void }): Promise<Listening> {
  // More than Node's 511: many clients at once are not to be mistaken for a server that is down.
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: server instanceof TlsServer ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections?.();
      await once(server, 'close');
    },
  };
}
