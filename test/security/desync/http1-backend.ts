/** A backend on raw sockets: it says of every byte that reaches it whose it is, and answers as the path says, lies included. */
import { createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { listen } from 'test-servers/listen';
import { contentOf, type How, readPath, strangeContent } from './exchange.js';
import { type Head, type Message, MessageReader } from './message-reader.js';
import { chunked } from './pipelined-client.js';

export interface DesyncBackend {
  readonly origin: string;
  /** What must not be. */
  readonly wrong: string[];
  /** Requests that arrived from beginning to end. */
  arrived(): number;
  /** Connections that were opened. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts it on a free loopback port. */
export async function http1Backend(): Promise<DesyncBackend> {
  const wrong: string[] = [];
  const sockets = new Set<Socket>();
  let arrived = 0;
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => {}).once('close', () => sockets.delete(socket)));
    serve(socket, {
      onRequest: () => {
        arrived += 1;
      },
      onWrong: (text) => void wrong.push(text),
    });
  });
  const { origin, close } = await listen(server);
  return {
    origin,
    wrong,
    arrived: () => arrived,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await close();
    },
  };
}

interface Watcher {
  onRequest(): void;
  onWrong(text: string): void;
}

function serve(socket: Socket, { onRequest, onWrong }: Watcher): void {
  /** What of the exchange at hand is still to come. */
  let pending: 'nothing' | 'request' | 'answer' | 'both' = 'nothing';
  const reader = new MessageReader({
    onHead(head) {
      const problem = strangeHead(head);
      if (problem !== undefined) onWrong(problem);
      else if (pending !== 'nothing') onWrong(`${head.line} came before the answer to the request before it`);
      pending = 'both';
      if (isEarly(head)) respond(head);
      return { body: true, untilClose: false };
    },
    onMessage(message) {
      const { line, headers, body, complete } = message;
      const strange = strangeContent(Number(headers.get('x-id')), body);
      if (strange !== undefined) onWrong(`${line} has ${strange}`);
      if (!complete) return;
      onRequest();
      const size = Number(headers.get('x-size'));
      if (body.length !== size) onWrong(`${line} has ${body.length} bytes of ${size}`);
      pending = pending === 'both' ? 'answer' : 'nothing';
      if (!isEarly(message)) respond(message);
    },
    onNonsense(text) {
      onWrong(`no request: ${JSON.stringify(text.slice(0, 100))}`);
      socket.destroy();
    },
  });
  socket.on('data', (bytes) => reader.push(bytes)).once('close', () => reader.end());

  function respond(head: Head): void {
    void answer(socket, head).then(() => {
      pending = pending === 'both' ? 'request' : 'nothing';
    });
  }
}

const isEarly = ({ line }: Head) => line.includes('/early-');

/** What is wrong with a request's head. */
function strangeHead({ line, headers }: Head): string | undefined {
  const [, path = ''] = /^[A-Z]+ (\S+) HTTP\/1\.1$/.exec(line) ?? [];
  const asked = readPath(path);
  if (asked && headers.get('x-id') === String(asked.id) && headers.get('authorization') === 'Bearer good')
    return undefined;
  return `no request of anybody's: ${line}, ${JSON.stringify([...headers])}`;
}

async function answer(socket: Socket, { line, headers }: Head | Message): Promise<void> {
  const [method = '', path = ''] = line.split(' ');
  const { id = 0, how = 'close', answer: size = 0 } = readPath(path) ?? {};
  const content = method === 'HEAD' ? Buffer.alloc(0) : contentOf(id, size);
  const half = content.subarray(0, content.length / 2);
  const head = (status: string, ...fields: string[]) =>
    Buffer.from([`HTTP/1.1 ${status}`, `X-Id: ${id}`, ...fields, '', ''].join('\r\n'));
  const length = `Content-Length: ${size}`;
  if (headers.get('expect') !== undefined) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
  const write = (...bytes: Buffer[]) => void socket.write(Buffer.concat(bytes));

  const ways: Record<How, () => unknown> = {
    length: () => write(head('200 OK', length), content),
    chunked: () => write(head('200 OK', 'Transfer-Encoding: chunked'), ...(method === 'HEAD' ? [] : chunked(content))),
    async slow() {
      write(head('200 OK', length), half);
      if (content.length > 0) await delay(3);
      write(content.subarray(half.length));
    },
    async interim() {
      write(Buffer.from('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'));
      await delay(1);
      write(Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'), head('200 OK', length), content);
    },
    'until-close': () => socket.end(Buffer.concat([head('200 OK', 'Connection: close'), content])),
    'early-413': () => write(head('413 Content Too Large', length), content),
    'early-413-closes': () =>
      socket.end(Buffer.concat([head('413 Content Too Large', length, 'Connection: close'), content])),
    'early-401': () =>
      write(head('401 Unauthorized', length, 'WWW-Authenticate: Bearer error="invalid_token"'), content),
    204: () => write(head('204 No Content')),
    304: () => write(head('304 Not Modified', length)),
    // What the lies would pass for is an answer to the next request.
    'lying-204': () => write(head('204 No Content', length), contentOf(id, size)),
    'lying-304': () => write(head('304 Not Modified'), contentOf(id, size)),
    'more-than-it-says': () => write(head('200 OK', length), content, LIE),
    close: () => socket.end(),
    reset: () => socket.resetAndDestroy(),
    half: () => socket.end(Buffer.concat([head('200 OK', length), half])),
    async 'half-reset'() {
      write(head('200 OK', 'Transfer-Encoding: chunked'), Buffer.from(`${(size + 1).toString(16)}\r\n`), half);
      await delay(2);
      socket.resetAndDestroy();
    },
  };
  await ways[how]();
}

const LIE = Buffer.from('HTTP/1.1 200 OK\r\nX-Id: nobody\r\nContent-Length: 3\r\n\r\nlie');
