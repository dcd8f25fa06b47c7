/** Bodies of 1 GiB through applications in a process of their own, which hold little of them. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { createSecureServer } from 'node:http2';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { type Listening, listen } from 'test-servers/listen';
import { type RunningExample, runExample } from '../examples/run-example.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const CHUNK = Buffer.alloc(256 * 1024, 'x');
const FRAMEWORKS = ['Express', 'Koa'];

const authority = certificateAuthority();
let apis: Listening[];
let app: RunningExample;
let ports: string[];
/** What the API has given away since it was last asked for something. */
let given = 0;

beforeAll(async () => {
  const http2 = createSecureServer(authority.server('localhost'));
  const handle = (request: IncomingMessage, response: ServerResponse) => void answer(request, response).catch(() => {});
  http2.on('request', (request, response) => handle(request as never, response as never));
  apis = await Promise.all([listen(createServer(handle)), listen(http2)]);
  const [http1, secure] = apis.map(({ origin }) => origin);
  const env = { HTTP1: http1 ?? '', HTTP2: secure ?? '', CA: authority.ca };
  app = runExample(new URL('fixtures/large-bodies-app.js', import.meta.url), { env, limit: 170_000 });
  const [, listening = ''] = await app.printed(/listening at (.*)\./);
  ports = listening.split(' ');
});
afterAll(async () => {
  app.kill('SIGKILL');
  await app.ended;
  await Promise.all(apis.map(({ close }) => close()));
});

/** Takes what is sent, then says how much it was; gives a GET 1 GiB. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  given = 0;
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-length': GIB });
    await pipeline(source(), response);
    return;
  }
  let size = 0;
  for await (const chunk of request) size += (chunk as Buffer).length;
  response.end(String(size));
}

function source(): Readable {
  let left = GIB;
  return new Readable({
    read() {
      this.push(left > 0 ? CHUNK : null);
      left -= CHUNK.length;
      given += CHUNK.length;
    },
  });
}

async function ask(framework: string, path: string, body?: Readable): Promise<IncomingMessage> {
  const port = ports[FRAMEWORKS.indexOf(framework)];
  const headers = body && { 'content-length': GIB };
  const asked = send({ host: '127.0.0.1', port, path, method: body ? 'POST' : 'GET', headers, agent: false });
  if (body) body.pipe(asked);
  else asked.end();
  return (await once(asked, 'response'))[0] as IncomingMessage;
}

async function text(answer: IncomingMessage): Promise<string> {
  return (await answer.setEncoding('utf8').toArray()).join('');
}

/** Bytes that the applications have held more than before. */
async function held(framework: string): Promise<number> {
  return Number(await text(await ask(framework, '/memory')));
}

describe.each(FRAMEWORKS)('forward() of %s', (framework) => {
  describe.each(['http1', 'http2'])('to an API over %s', (version) => {
    it('holds little of an upload of 1 GiB', async () => {
      await held(framework);
      expect(await text(await ask(framework, `/${version}/x`, source()))).toBe(String(GIB));
      expect(await held(framework)).toBeLessThan(64 * MIB);
    }, 60_000);

    it('holds little of a download of 1 GiB', async () => {
      await held(framework);
      let size = 0;
      const count = new Writable({
        write(chunk: Buffer, _, done) {
          size += chunk.length;
          done();
        },
      });
      await pipeline(await ask(framework, `/${version}/x`), count);
      expect(size).toBe(GIB);
      expect(await held(framework)).toBeLessThan(64 * MIB);
    }, 60_000);

    it('holds little of an answer whose client reads next to nothing', async () => {
      await held(framework);
      const answer = await ask(framework, `/${version}/x`);
      for (let second = 0; second < 2; second += 1) {
        answer.read(1024);
        await delay(1_000);
      }
      expect(given).toBeLessThan(64 * MIB);
      expect(await held(framework)).toBeLessThan(16 * MIB);
      answer.destroy();
    }, 60_000);
  });
});
