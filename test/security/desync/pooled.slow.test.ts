/** The same for calls that share connections: each gets the answer to what it asked, whoever else is aborted. */
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Backend, type BackendDefinition, type Backends, createBackends, staticToken } from 'oauth2-backend';
import { seededRandom } from '../../../soak/random.js';
import { contentOf, type Exchange, madeUpExchange, pathOf, type Random, strangeContent } from './exchange.js';
import { type DesyncBackend, http1Backend } from './http1-backend.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const CALLS = 2_000;
const AT_ONCE = 24;

interface Answer {
  readonly id: string | null | undefined;
  readonly status: number;
  readonly body: Buffer;
}

type Call = (
  backend: Backend,
  path: string,
  options: {
    method: string;
    headers: Record<string, string>;
    body: Buffer | Readable | undefined;
    signal: AbortSignal;
  },
) => Promise<Answer>;

const calls: Record<string, Call> = {
  async fetch(backend, path, options) {
    const init = {
      ...options,
      body: options.body as never,
      ...(options.body instanceof Readable && { duplex: 'half' }),
    };
    const answer = await backend.fetch(path, init as RequestInit);
    return { id: answer.headers.get('x-id'), status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
  },
  async request(backend, path, options) {
    const { headers, statusCode, body } = await backend.request(path, options as never);
    return { id: headers['x-id'] as string, status: statusCode, body: Buffer.from(await body.arrayBuffer()) };
  },
  async got(backend, path, options) {
    const got = { ...options, retry: { limit: 0 }, throwHttpErrors: false, responseType: 'buffer', allowGetBody: true };
    const { headers, statusCode, body } = (await backend.got(path, got as never)) as never;
    return { id: (headers as Record<string, string>)['x-id'], status: statusCode, body: body as Buffer };
  },
};

let api: DesyncBackend;
let backends: Backends<{ api: BackendDefinition }>;
beforeAll(async () => {
  api = await http1Backend();
  backends = createBackends({ api: { origin: api.origin, max_connections: 6, oauth2: staticToken('good') } });
});
afterAll(async () => {
  await backends.close({ timeout: 0 });
  await api.close();
});

describe.each(Object.keys(calls))('%s', (name) => {
  it(`keeps ${CALLS} calls over few connections apart, aborts and lies among them (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const wrong: string[] = [];
    let answered = 0;
    let left = CALLS;
    const work = async () => {
      while (left > 0) {
        left -= 1;
        const exchange = madeUpExchange(random);
        const answer = await send(calls[name] as Call, exchange, random);
        if (!answer) continue;
        answered += 1;
        wrong.push(...problems(exchange, answer));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect({ seed, wrong: [...api.wrong, ...wrong] }).toEqual({ seed, wrong: [] });
    expect(answered).toBeGreaterThan(CALLS / 3);
  }, 120_000);
});

/** `undefined` for one that failed or was aborted. */
async function send(call: Call, exchange: Exchange, random: Random): Promise<Answer | undefined> {
  const { id, method, size, framing } = exchange;
  const content = contentOf(id, size);
  const body = framing === 'none' ? undefined : framing === 'chunked' ? Readable.from([content]) : content;
  const controller = new AbortController();
  const timer = random.chance(0.3) ? setTimeout(() => controller.abort(), random.between(0, 30)) : undefined;
  const headers = { 'x-id': String(id), 'x-size': String(size) };
  try {
    return await call(backends.get('api'), pathOf(exchange), { method, headers, body, signal: controller.signal });
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function problems(exchange: Exchange, { id, status, body }: Answer): string[] {
  const what = `${exchange.method} ${pathOf(exchange)}`;
  const strange = strangeContent(exchange.id, body);
  const whole = exchange.method === 'HEAD' || status === 204 || status === 304 ? 0 : exchange.answer;
  return [
    ...(id === String(exchange.id) ? [] : [`${what} got the answer of ${id}`]),
    ...(strange === undefined ? [] : [`${what} got ${strange}`]),
    ...(body.length === whole ? [] : [`${what} got ${body.length} bytes of ${whole}`]),
  ];
}
