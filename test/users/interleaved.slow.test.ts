/** Many users at once through one backend: nobody's request carries somebody else's token. */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type RequestListener, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express, { type ErrorRequestHandler } from 'express';
import { backends as expressBackends } from 'express-oauth2-backend';
import Koa from 'koa';
import { backends as koaBackends } from 'koa-oauth2-backend';
import { type ApiServer, apiServer, tokenOf } from 'test-servers/api-server';
import { type RecordingServer, recordingServer } from 'test-servers/recording-server';

const USERS = 1_000;
const CALLS = 3;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const randomly = randomFrom(seed);

let tokens: RecordingServer;
let api: ApiServer;

beforeEach(async () => {
  const random = randomFrom(seed);
  tokens = await recordingServer(({ body }) => {
    const user = new URLSearchParams(body.toString()).get('assertion')?.replace('assertion-of-', '');
    const answer = { access_token: `token-for-${user}`, token_type: 'Bearer', expires_in: 3600 };
    return { delay: random() * 30, body: answer };
  });
  api = await apiServer();
});
afterEach(() => Promise.all([tokens.close(), api.close()]));

const definitions = () =>
  ({
    billing: {
      origin: api.origin,
      max_connections: 50,
      oauth2: {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        token_endpoint: `${tokens.origin}/token`,
        backend: { max_connections: 50 },
        assertion: async (context: { inbound: { get(name: string): string } } | undefined) => {
          await delay(randomly() * 5);
          return context?.inbound.get('x-assertion') ?? '';
        },
      },
    },
  }) as const;

type Call = (path: string) => Promise<unknown>;
interface Application {
  readonly listener: RequestListener;
  counts(): { readonly identities: number; readonly tokenRequests: number } | undefined;
  close(): Promise<void>;
}

const applications: readonly [string, () => Application][] = [
  [
    'Express',
    () => {
      const middleware = expressBackends(definitions());
      const app = express().set('env', 'production');
      app.use(middleware);
      app.get('/:way/:id', async (req, res) => {
        const { billing } = middleware.of(req);
        const ways: Record<string, Call> = {
          got: (path) => billing.got(path).json(),
          fetch: async (path) => (await billing.fetch(path)).json(),
        };
        res.json(await ways[req.params.way]?.(`calls/${req.params.id}`));
      });
      // Express prints what reaches its own handler: here those whose client went away.
      const quiet: ErrorRequestHandler = (error: Error, _req, res, _next) => void res.status(500).end(error.message);
      app.use(quiet);
      return { listener: app, counts: () => middleware.status()[0]?.counts, close: () => middleware.close() };
    },
  ],
  [
    'Koa',
    () => {
      const middleware = koaBackends(definitions());
      const app = new Koa({ env: 'production' });
      app.silent = true;
      app.use(middleware);
      app.use(async (ctx) => {
        const { billing } = middleware.of(ctx);
        const [, way, id] = ctx.path.split('/');
        const path = `calls/${id}`;
        ctx.body = way === 'got' ? await billing.got(path).json() : await (await billing.fetch(path)).json();
      });
      const handle = app.callback();
      return {
        listener: (request, response) => void handle(request, response),
        counts: () => middleware.status()[0]?.counts,
        close: () => middleware.close(),
      };
    },
  ],
];

describe.each(applications)('1,000 interleaved users through %s', (_name, make) => {
  it("each get their own token, asked for once; aborts change nobody's", async () => {
    // The way to run the same again: SEED=… before the command.
    console.info(`seed ${seed}`);
    const application = make();
    const server = createServer(application.listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    const { port } = server.address() as AddressInfo;
    const random = randomFrom(seed);

    const calls = shuffled(
      Array.from({ length: USERS * CALLS }, (_, index) => ({
        user: `user${index % USERS}`,
        // The last call of each user stays, so that everybody has a token in the end.
        abortAfter: index < USERS * (CALLS - 1) && random() < 0.3 ? random() * 40 : undefined,
        way: random() < 0.5 ? 'got' : 'fetch',
        after: random() * 1_500,
      })),
      random,
    );
    const answers = await Promise.all(
      calls.map(async ({ user, way, after, abortAfter }, index) => {
        await delay(after);
        const path = `/${way}/${user}-${index}`;
        return { user, aborted: abortAfter !== undefined, body: await ask({ port, agent, path, user, abortAfter }) };
      }),
    );

    for (const { user, aborted, body } of answers) {
      if (body === undefined && aborted) continue;
      expect(body).toMatchObject({ token: `token-for-${user}` });
    }
    expect(answers.filter(({ body }) => body === undefined).length).toBeGreaterThan(50);
    const strangers = api.requests.filter(
      (request) => tokenOf(request) !== `token-for-${request.url.match(/^\/calls\/(user\d+)-\d+$/)?.[1]}`,
    );
    expect(strangers.map(({ url, headers }) => [url, headers.authorization])).toEqual([]);
    // On a busy machine a request takes so long that it is given up: whoever waited for it has left.
    const answered = await Promise.all(tokens.requests.map((request) => request.answered));
    const asked = tokens.requests
      .filter((_request, index) => answered[index])
      .map(({ body }) => new URLSearchParams(body.toString()).get('assertion'));
    expect(asked).toHaveLength(USERS);
    expect(new Set(asked).size).toBe(USERS);
    const tokenRequests = tokens.requests.length;
    expect(application.counts()).toMatchObject({ tokenRequests, identities: USERS, evictions: 0, failures: 0 });

    agent.destroy();
    server.close();
    server.closeAllConnections();
    await application.close();
  }, 240_000);
});

/** The answer's body; `undefined` when the client went away before. */
function ask(call: {
  port: number;
  agent: Agent;
  path: string;
  user: string;
  abortAfter: number | undefined;
}): Promise<unknown> {
  const { port, agent, path, user, abortAfter } = call;
  return new Promise((resolve, reject) => {
    const headers = { 'x-assertion': `assertion-of-${user}` };
    const request = send({ host: '127.0.0.1', port, agent, path, headers }, (response) => {
      read(response).then(resolve, left);
    });
    const left = (error: unknown) => (abortAfter === undefined ? reject(error) : resolve(undefined));
    request.on('error', left).end();
    if (abortAfter === undefined) return;
    request.once('socket', () => setTimeout(() => request.destroy(), abortAfter));
  });
}

async function read(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return response.statusCode === 200 ? JSON.parse(text) : { status: response.statusCode, text };
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** mulberry32: numbers from 0 to 1 that a seed repeats. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
