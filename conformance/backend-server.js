/** The backend of a cell: it speaks HTTP/1.1, or HTTP/2 over TLS and nothing else, and records what arrives. */
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { certificateAuthority } from 'test-servers/certificates';
import { listen } from 'test-servers/listen';

const authority = certificateAuthority();
/** For `localhost`; every backend of a cell over TLS has it. */
export const certificate = authority.server('localhost');

/**
 * Starts it. `answer(request, response, seen)`, which a row replaces, is called when a request's head has come; it reads the
 * body and answers 200 `well` unless replaced.
 *
 * @param protocol `HTTP/1.1` or `HTTP/2`
 */
export async function backendServer(protocol) {
  const sessions = new Set();
  const overHttp2 = protocol === 'HTTP/2';
  const server = overHttp2 ? createSecureServer(certificate) : createServer({ keepAliveTimeout: 60_000 });
  const { origin, port, close } = await listen(server);
  const backend = {
    origin,
    port,
    server,
    /** The connections: sessions of HTTP/2, sockets of HTTP/1.1. */
    sessions,
    /** What an application has to know to reach it. */
    connection: overHttp2 ? { origin, http2: true, tls: { server_ca_certificate: authority.ca } } : { origin },
    ca: authority.ca,
    requests: [],
    answer: (_, response, seen) => void seen.body().then(() => response.end('well')),
    async close() {
      for (const session of sessions) session.destroy();
      await close();
    },
  };
  server.on('session', (session) => sessions.add(session));
  server.on('connection', (socket) => {
    if (!overHttp2) sessions.add(socket);
  });
  server.on('sessionError', () => undefined);
  server.on('request', (request, response) => {
    for (const stream of [request, response]) stream.on('error', () => undefined);
    const { method, url, headers, rawHeaders } = request;
    let read;
    const seen = { method, url, headers, rawHeaders, body: () => (read ??= bodyOf(request)) };
    backend.requests.push(seen);
    backend.answer(request, response, seen);
  });
  return backend;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The bodies that have arrived, as text. */
export function textsOf({ requests }) {
  return Promise.all(requests.map(async (seen) => String(await seen.body())));
}

/** Has the backend answer each request so, when its body has come. */
export function replies(backend, { status = 200, headers = {}, body = '', trailers } = {}) {
  backend.answer = async (_, response, seen) => {
    await seen.body();
    response.writeHead(status, headers);
    if (trailers) {
      response.write(body);
      response.addTrailers(trailers);
      response.end();
    } else response.end(body);
  };
}

/** Has an HTTP/1.1 backend write these bytes to the connection, then end it. */
export function writes(backend, text) {
  backend.answer = ({ socket }) => void socket.end(text, 'latin1');
}
