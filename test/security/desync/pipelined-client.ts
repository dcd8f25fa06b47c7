/** A client that writes many requests before it reads an answer, and checks that each answer is the next request's. */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { contentOf, type Exchange, pathOf, type Random, strangeContent } from './exchange.js';
import { type Message, MessageReader } from './message-reader.js';

/** What came of a connection. */
export interface Piped {
  /** Requests with the backend's own answer, from beginning to end. */
  readonly answered: number;
  /** What must not be. */
  readonly wrong: readonly string[];
}

/** What an application may answer by itself. */
const OWN_STATUSES = new Set([400, 408, 413, 417, 431, 500, 502, 503, 504]);

/** Sends these over one connection, in random pieces; some leave before all is written, or read. */
export async function pipe(port: number, exchanges: readonly Exchange[], random: Random): Promise<Piped> {
  const leaves = random.chance(0.3) ? random.pick(['writing', 'reading'] as const) : 'never';
  const patience = random.between(0, 60);
  const socket = connect(port, '127.0.0.1');
  const answers = new Answers(exchanges, socket);
  const closed = new Promise<void>((resolve) => {
    socket.on('error', () => {}).once('close', () => resolve());
  });
  socket.on('data', (bytes) => answers.reader.push(bytes)).once('close', () => answers.reader.end());

  const bytes = exchanges.map(bytesOf);
  const left = leaves === 'writing' ? random.between(0, Buffer.concat(bytes).length) : Number.POSITIVE_INFINITY;
  let sent = 0;
  for (const request of bytes) {
    for (const piece of pieces(request, random)) {
      if (socket.destroyed || sent > left) break;
      sent += piece.length;
      if (!socket.write(piece)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
      if (random.chance(0.2)) await delay(random.between(0, 3));
    }
    if (socket.destroyed || sent > left) break;
  }
  if (leaves === 'writing') socket.destroy();
  if (leaves === 'reading')
    setTimeout(() => (random.chance(0.5) ? socket.resetAndDestroy() : socket.destroy()), patience);
  else answers.whenDone(() => socket.end());
  const hung = setTimeout(() => {
    answers.wrong.push(`no end of ${exchanges.map(pathOf).join(' ')}`);
    socket.destroy();
  }, 30_000);
  await closed;
  clearTimeout(hung);
  return { answered: answers.answered, wrong: answers.wrong };
}

/** Reads answers, in the order of the requests. */
class Answers {
  readonly wrong: string[] = [];
  readonly reader: MessageReader;
  answered = 0;
  readonly #left: Exchange[];
  #done: (() => void) | undefined;

  constructor(exchanges: readonly Exchange[], socket: Socket) {
    this.#left = [...exchanges];
    this.reader = new MessageReader({
      onHead: ({ line }) => {
        const status = statusOf(line);
        const method = this.#left[0]?.method;
        const body = status >= 200 && status !== 204 && status !== 304 && method !== 'HEAD';
        return { body, untilClose: true };
      },
      onMessage: (message) => this.#judge(message),
      onNonsense: (text) => {
        this.wrong.push(`no answer: ${JSON.stringify(text.slice(0, 100))} before that of ${this.#left[0]?.id}`);
        socket.destroy();
      },
    });
  }

  whenDone(done: () => void): void {
    this.#done = done;
    if (this.#left.length === 0) done();
  }

  #judge({ line, headers, body, complete }: Message): void {
    const status = statusOf(line);
    if (status < 200) return;
    const exchange = this.#left.shift();
    if (this.#left.length === 0) this.#done?.();
    if (!exchange) {
      this.wrong.push(`one answer more than there were requests: ${line}`);
      return;
    }
    const { id, method, answer } = exchange;
    const whose = headers.get('x-id');
    if (whose === undefined) {
      if (!OWN_STATUSES.has(status)) this.wrong.push(`${method} ${pathOf(exchange)}: ${line}`);
      return;
    }
    if (whose !== String(id)) this.wrong.push(`${method} ${pathOf(exchange)} got the answer of ${whose}`);
    const strange = strangeContent(id, body);
    if (strange !== undefined) this.wrong.push(`${method} ${pathOf(exchange)} got ${strange}`);
    if (!complete) return;
    this.answered += 1;
    const whole = method === 'HEAD' || status === 204 || status === 304 ? 0 : answer;
    if (body.length !== whole) this.wrong.push(`${method} ${pathOf(exchange)} got ${body.length} bytes of ${whole}`);
  }
}

function statusOf(line: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(line)?.[1] ?? 0);
}

function bytesOf(exchange: Exchange): Buffer {
  const { id, method, framing, size, expect } = exchange;
  const content = contentOf(id, size);
  const lines = [`${method} ${pathOf(exchange)} HTTP/1.1`, 'Host: a', `X-Id: ${id}`, `X-Size: ${size}`];
  if (framing === 'length') lines.push(`Content-Length: ${size}`);
  if (framing === 'chunked') lines.push('Transfer-Encoding: chunked');
  if (expect) lines.push('Expect: 100-continue');
  const body = framing === 'chunked' ? chunked(content) : [content];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), ...body]);
}

/** @param content in chunks of sizes that differ */
export function chunked(content: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, size = 1; at < content.length; at += size, size = (size * 7) % 9_973) {
    const chunk = content.subarray(at, at + size);
    chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return [...chunks, Buffer.from('0\r\n\r\n')];
}

function* pieces(bytes: Buffer, random: Random): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const size = Math.ceil(random.chance(0.5) ? bytes.length : random.between(1, 5_000));
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
