/** A WebSocket server behind an application that sends upgrades on, with a token server beside it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createNetServer,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import type { BackendDefinition, BackendsOptions, OAuth2Definition, UpgradeOptions } from 'oauth2-backend';
import { type Backends, createBackends } from 'oauth2-backend';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';

/** What a test changes of the backend's definition. */
type Changes = Partial<Omit<BackendDefinition, 'oauth2'>> & { oauth2?: Partial<OAuth2Definition> | false };

/** A server of WebSockets that echoes, and refuses the tokens that it is told. */
interface SocketServer {
  readonly origin: string;
  readonly server: Server;
  /** The opening handshakes, those that were refused too. */
  readonly requests: readonly IncomingMessage[];
  /** The token of each. */
  tokens(): (string | undefined)[];
  /** Those that are open or were. */
  readonly sockets: readonly WebSocket[];
  revoke(token: string): void;
}

export interface SocketWorld {
  readonly as: TokenServer;
  readonly api: SocketServer;
  /** What applications were told of failures. */
  readonly errors: unknown[];
  /** Backends with one member, `api`. */
  backends(changes?: Changes, options?: BackendsOptions): Backends<{ api: BackendDefinition }>;
  /** An application that sends on what is below `/live`, admitting everybody unless said otherwise; gives its port. */
  application(backends?: Backends<{ api: BackendDefinition }>, options?: Partial<UpgradeOptions>): Promise<number>;
  /** The same with a server of the test's own. */
  listen(server: NetServer): Promise<number>;
  /** A server behind the backend that writes to the socket itself; gives its origin. */
  raw(connected: (socket: Socket) => void, halfOpen?: boolean): Promise<string>;
  close(): Promise<void>;
}

/** Starts it. */
export async function socketWorld(options: ServerOptions = {}): Promise<SocketWorld> {
  const as = await tokenServer();
  const ends: (() => unknown)[] = [() => as.close()];
  const errors: unknown[] = [];
  const api = await socketServer(options, listen);

  const world: SocketWorld = {
    as,
    api,
    errors,
    backends({ oauth2, ...changes } = {}, given = {}) {
      const block: OAuth2Definition = {
        grant_type: 'client_credentials',
        token_endpoint: as.url,
        client_id: 'shop',
        client_secret: 'the-secret',
        ...oauth2,
      };
      const definition = { origin: api.origin, ...changes, ...(oauth2 !== false && { oauth2: block }) };
      const made = createBackends({ api: definition }, given);
      ends.push(() => made.close({ timeout: 0 }));
      return made;
    },
    application(backends = world.backends(), given = {}) {
      // Lenient, so that what is refused is refused by us.
      const server = createServer({ insecureHTTPParser: true }, (_, response) => response.end('the application'));
      const onError = (error: unknown) => void errors.push(error);
      server.on('upgrade', backends.upgrade('api', { mount: '/live', authorize: () => true, onError, ...given }));
      return listen(server);
    },
    listen,
    async raw(connected, allowHalfOpen = false) {
      const server = createNetServer({ allowHalfOpen }, (socket) => {
        socket.on('error', () => undefined);
        connected(socket);
      });
      return `http://127.0.0.1:${await listen(server)}`;
    },
    async close() {
      await Promise.all(ends.map((end) => end()));
    },
  };
  return world;

  async function listen(server: NetServer): Promise<number> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    return (server.address() as AddressInfo).port;
  }
}

async function socketServer(
  options: ServerOptions,
  listen: (server: Server) => Promise<number>,
): Promise<SocketServer> {
  const requests: IncomingMessage[] = [];
  const sockets: WebSocket[] = [];
  const revoked = new Set<string | undefined>();
  const tokens = () => requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));
  const web = new WebSocketServer({ noServer: true, ...options });
  web.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const server = createServer((_, response) => response.end('no socket'));
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    requests.push(request);
    if (revoked.has(tokens().at(-1))) {
      const lines = [
        'HTTP/1.1 401 Unauthorized',
        'WWW-Authenticate: Bearer error="invalid_token"',
        'Content-Length: 0',
      ];
      socket.end(`${lines.join('\r\n')}\r\n\r\n`);
    } else web.handleUpgrade(request, socket, head, (made) => void web.emit('connection', made, request));
  });
  const port = await listen(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    server,
    requests,
    sockets,
    tokens,
    revoke: (token) => void revoked.add(token),
  };
}

/** An answer that was no 101. */
export interface Refused {
  readonly status: number;
  readonly message: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Opening {
  readonly path?: string;
  readonly protocols?: string[];
  readonly headers?: Record<string, string | string[]>;
  readonly compress?: boolean;
}

/** Opens a WebSocket; rejects with the `Refused` answer as its cause. */
export async function open(port: number, opening: Opening = {}): Promise<WebSocket> {
  const { path = '/live/feed', protocols = [], headers = {}, compress = false } = opening;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, {
    headers: headers as Record<string, string>,
    perMessageDeflate: compress,
  });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_, answer) => {
      refusedBy(answer).then((refused) => reject(new Error(`answered ${refused.status}`, { cause: refused })), reject);
    });
  });
  return socket;
}

/** The answer that is no 101. */
export async function refusal(port: number, opening?: Opening): Promise<Refused> {
  try {
    (await open(port, opening)).terminate();
  } catch (error) {
    const { cause } = error as { cause?: Refused };
    if (cause) return cause;
    throw error;
  }
  throw new Error('the handshake was accepted');
}

async function refusedBy(answer: IncomingMessage): Promise<Refused> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const { statusCode: status = 0, statusMessage: message = '', headers } = answer;
  return { status, message, headers, body: Buffer.concat(chunks).toString() };
}

/** The next message of a WebSocket: text as a string, else its bytes. */
export async function message(socket: WebSocket): Promise<string | Buffer> {
  const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
  return isBinary ? data : data.toString();
}

/** Code and reason with which it was closed. */
export async function closed(socket: WebSocket | undefined): Promise<[code: number, reason: string]> {
  const [code, reason] = (await once(socket as WebSocket, 'close')) as [number, Buffer];
  return [code, reason.toString()];
}

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** Of that key (RFC 6455 §1.3). */
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** The head of an opening handshake; lines replace those of the same name, or are added. */
export function head(path: string, ...lines: string[]): string {
  const usual = ['Host: app.example', 'Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Key: ${KEY}`];
  const nameOf = (line: string) => line.split(':', 1)[0]?.toLowerCase();
  const kept = usual.filter((line) => !lines.some((other) => nameOf(other) === nameOf(line)));
  const given = lines.filter((line) => !line.endsWith(':-'));
  return `GET ${path} HTTP/1.1\r\n${[...kept, 'Sec-WebSocket-Version: 13', ...given].join('\r\n')}\r\n\r\n`;
}

/** What comes back from a socket until it is closed, or has said this. */
export async function reply(port: number, text: string, until?: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(text, 'latin1');
  let got = '';
  for await (const chunk of socket) {
    got += (chunk as Buffer).toString('latin1');
    if (until !== undefined && got.includes(until)) break;
  }
  return got;
}

/** A promise, and what settles it. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: ((value: T) => void) | undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: (value) => resolve?.(value) };
}
