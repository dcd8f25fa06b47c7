/** A token endpoint below HTTP: it puts on the wire what a test tells it, byte for byte. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Answers one request, for this path, on its connection. */
export type Answering = (socket: Socket, path: string) => void;

export interface TokenWire {
  /** The token endpoint. */
  readonly url: string;
  /** What every request is answered with from now on. */
  answer: Answering;
  /** Requests that have come so far. */
  readonly requests: number;
  /** Bytes written so far. */
  readonly written: number;
  /** Connections that are open. */
  readonly open: number;
  close(): Promise<void>;
}

/** Starts it; at first it answers as `good` does. */
export async function tokenWire(): Promise<TokenWire> {
  const sockets = new Set<Socket>();
  let requests = 0;
  let written = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      written += socket.bytesWritten;
      sockets.delete(socket);
    });
    socket.on('data', (bytes) => {
      const path = /^POST (\S+) /.exec(bytes.toString('latin1'))?.[1];
      if (path === undefined) return;
      requests += 1;
      wire.answer(socket, path);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  const wire: TokenWire = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    answer: good,
    get requests() {
      return requests;
    },
    get written() {
      return written + [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0);
    },
    get open() {
      return sockets.size;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
  return wire;
}

/** A whole answer with the right length. */
export function whole(
  body: string | Uint8Array,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Answering {
  const bytes = Buffer.from(body as string);
  const fields = Object.entries({ 'content-type': 'application/json', ...headers, 'content-length': bytes.length });
  const head = `HTTP/1.1 ${status} X\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return (socket) => void socket.write(Buffer.concat([Buffer.from(head), bytes]));
}

/** The answer of a server that is well. */
export const good: Answering = whole('{"access_token":"good","token_type":"Bearer","expires_in":60}');

/** Text, and then the end of the connection. */
export const broken =
  (text: string): Answering =>
  (socket) =>
    void socket.end(text, 'latin1');

/** Text, then pieces as fast as they are taken, or one each so many milliseconds, for as long as the connection lives. */
export function endless(head: string, piece: string | Uint8Array, { every }: { every?: number } = {}): Answering {
  return (socket) => {
    socket.write(head);
    if (every !== undefined) {
      const timer = setInterval(() => socket.write(piece), every);
      socket.on('close', () => clearInterval(timer));
      return;
    }
    const pour = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', pour);
    pour();
  };
}
