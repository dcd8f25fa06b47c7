/** What is at the other end of a connection: an API and a token endpoint in one, which records how it was reached. */
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { listen } from 'test-servers/listen';

/** One request and the connection it came by. */
interface Arrival {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  /** Counts connections from 1. */
  readonly connection: number;
  /** The name in the TLS handshake; `false` without one. */
  readonly serverName: string | false | null | undefined;
  /** The common name on the client's certificate, where the client showed one that the server verified. */
  readonly client: string | readonly string[] | undefined;
}

export interface UpstreamOptions {
  /** TLS, when given: `cert` and `key`, with `ca` it asks for a client certificate and verifies it. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** Speaks HTTP/2 and nothing else. */
  readonly http2?: boolean;
  /** Milliseconds before each answer. Default 0. */
  readonly delay?: number;
}

export interface UpstreamServer {
  /** `http://127.0.0.1:port`, `https://localhost:port` with TLS. */
  readonly origin: string;
  readonly port: number;
  readonly requests: readonly Arrival[];
  /** The most connections that were open at one time. */
  mostOpen(): number;
  close(): Promise<void>;
}

/** Starts it on a free loopback port. Each POST gets a token of its own that nobody may keep, anything else `"here"`. */
export async function upstreamServer({ tls, http2: h2, delay = 0 }: UpstreamOptions = {}): Promise<UpstreamServer> {
  const requests: Arrival[] = [];
  const numbers = new Map<object, number>();
  const open = new Set<Socket>();
  let most = 0;
  const server = makeServer();

  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    requests.push(arrival(incoming));
    const token = { access_token: `token-${requests.length}`, token_type: 'Bearer', expires_in: 0 };
    const body = incoming.method === 'POST' ? token : 'here';
    incoming.resume().once('end', () => {
      const answer = () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (delay > 0) setTimeout(answer, delay);
      else answer();
    });
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket.on('error', () => undefined).once('close', () => open.delete(socket)));
    most = Math.max(most, open.size);
  });
  const { origin, port, close } = await listen(server);

  return {
    origin,
    port,
    requests,
    mostOpen: () => most,
    async close() {
      for (const socket of open) socket.destroy();
      await close();
    },
  };

  function makeServer() {
    if (!tls) return http.createServer();
    const verified = { ...tls, ...(tls.ca !== undefined && { requestCert: true, rejectUnauthorized: true }) };
    return h2 ? http2.createSecureServer({ ...verified, allowHTTP1: false }) : https.createServer(verified);
  }

  function arrival(incoming: IncomingMessage): Arrival {
    const { method = '', url = '', headers, httpVersion } = incoming;
    const stream = (incoming as { stream?: { session?: { socket: TLSSocket } } }).stream;
    const socket = (stream?.session?.socket ?? incoming.socket) as TLSSocket;
    const key = stream?.session ?? socket;
    const connection = numbers.get(key) ?? numbers.size + 1;
    numbers.set(key, connection);
    const client = socket.authorized ? socket.getPeerCertificate().subject.CN : undefined;
    return { method, url, headers, httpVersion, connection, serverName: socket.servername, client };
  }
}
