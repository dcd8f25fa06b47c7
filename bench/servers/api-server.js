/** The API, in a process of its own: a fast listener for throughput, and a careful one that judges tokens. */
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { listen } from 'test-servers/listen';
import { answerParent } from '../processes/answer-parent.js';

const BODY = '{"ok":true}';
const OK = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;
const UNAUTHORIZED = 'HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\ncontent-length: 0\r\n\r\n';
const HEAD_END = '\r\n\r\n';
const CHUNK = Buffer.alloc(64 * 1024);

/** By client: tokens up to this number are refused. */
const refused = new Map();

answerParent({
  /** Listens; gives the origins of both. */
  async start() {
    const careful = createHttpServer(
      (request, response) => void judge(request, response).catch(() => response.destroy()),
    );
    careful.keepAliveTimeout = 60_000;
    const [fast, judging] = [await listen(createServer(answerFast)), await listen(careful)];
    return { fast: fast.origin, careful: judging.origin };
  },
  /** From now on the client's tokens up to number `upTo` get a 401. */
  refuse: ({ client, upTo }) => void refused.set(client, upTo),
});

/** Requests without a body only. It costs a fraction of node:http, so that it is the client that is measured. */
function answerFast(socket) {
  let rest = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    const heads = (rest + chunk.toString('latin1')).split(HEAD_END);
    rest = heads.pop();
    let answers = '';
    for (const head of heads) answers += head.includes('Bearer ') ? OK : UNAUTHORIZED;
    if (answers !== '') socket.write(answers);
  });
}

/** `/bytes?count=`: so many bytes; `/count`: how many bytes came; else a small JSON document. */
async function judge(request, response) {
  if (!isGood(request.headers.authorization)) {
    request.resume();
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"', 'content-length': 0 }).end();
    return;
  }
  const { pathname, searchParams } = new URL(request.url, 'http://api.example.com');
  if (pathname === '/bytes') {
    const count = Number(searchParams.get('count'));
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': count });
    await pipeline(Readable.from(chunks(count)), response);
    return;
  }
  let received = 0;
  for await (const chunk of request) received += chunk.length;
  const body = pathname === '/count' ? JSON.stringify({ received }) : BODY;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

function isGood(authorization) {
  const payload = /^Bearer [^.]+\.([^.]+)\./.exec(authorization ?? '')?.[1];
  if (payload === undefined) return false;
  const { exp, jti, client_id: client } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return Date.now() < exp * 1000 && Number(jti) > (refused.get(client) ?? 0);
}

function* chunks(count) {
  for (let left = count; left > 0; left -= CHUNK.length) yield left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
}
