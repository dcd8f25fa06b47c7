/** A TCP proxy in front of a server that delays what comes back, or says something else. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SlowProxy {
  readonly port: number;
  /** Milliseconds added to each answer. */
  delay: number;
  /** Sent instead of each answer. */
  garbage: string | undefined;
  close(): void;
}

/** Starts it on a free loopback port. */
export async function slowProxy(target: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((inbound) => {
    const outbound = connect(target, '127.0.0.1');
    for (const socket of [inbound, outbound]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          inbound.destroy();
          outbound.destroy();
        });
    }
    inbound.pipe(outbound);
    outbound.on('data', (chunk) => {
      const answer = proxy.garbage ?? chunk;
      setTimeout(() => inbound.write(answer), proxy.delay);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: SlowProxy = {
    port: (server.address() as AddressInfo).port,
    delay: 0,
    garbage: undefined,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return proxy;
}
