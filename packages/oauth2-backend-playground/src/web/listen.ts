/** A server on a port of 127.0.0.1 and nowhere else. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly port: number;
  /** Answers requests from now on. */
  answer(listener: RequestListener): void;
  /** Ends the server and its connections at once. */
  close(): Promise<void>;
}

/** The port could not be had: its message says why, and which option names another. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

/**
 * Lets a server listen on `port`; 0 is one that is free.
 *
 * @throws {PortError} naming `option`
 */
export async function listen(port: number, option: string): Promise<Listening> {
  // Not Node's 5 s: a client that has just been idle is not to meet a connection that is being closed.
  const server = createServer({ keepAliveTimeout: 60_000 });
  server.listen({ port, host: '127.0.0.1' });
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new PortError(`${reason(port, cause)}: name another with ${option}`, { cause });
  }
  const address = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${address.port}`,
    port: address.port,
    answer: (listener) => void server.on('request', listener),
    close: () => end(server),
  };
}

function reason(port: number, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `port ${port} of 127.0.0.1 is taken, by another playground or another program`;
  if (code === 'EACCES') return `port ${port} of 127.0.0.1 is not allowed to you`;
  return `cannot listen on port ${port} of 127.0.0.1 (${message})`;
}

async function end(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
