/** A server that writes its answers to the socket itself: for what no HTTP server would send. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface RawServer {
  readonly origin: string;
  /** Settles when every connection so far is closed. */
  closed(): Promise<unknown>;
  close(): void;
}

/** Starts one on a free loopback port; `answer` gives what to write for each request's head. */
export async function rawServer(answer: (head: string) => string): Promise<RawServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => socket.write(answer(chunk.toString('latin1'))));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    closed: () => Promise.all(sockets.filter(({ closed }) => !closed).map((socket) => once(socket, 'close'))),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
