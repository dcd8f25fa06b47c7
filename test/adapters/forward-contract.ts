/** What `forward(name)` does in every adapter, whatever the framework. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  request as send,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createGunzip } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type BackendDefinitions,
  type Backends,
  ConfigurationError,
  type RequestBackendsOptions,
  type RequestForwardOptions,
  staticToken,
  UnknownBackendError,
} from 'oauth2-backend';
import supertest from 'supertest';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { MockAgent } from 'undici';

// biome-ignore lint/suspicious/noExplicitAny: each framework has its own kind; the contract only passes it on
export type Middleware = (...args: any[]) => unknown;

/** What differs between the frameworks. */
export interface ForwardAdapter {
  backends(definitions: BackendDefinitions, options?: RequestBackendsOptions): Middleware & Backends<never>;
  forward(name: string, options?: RequestForwardOptions): Middleware;
  /** The framework's mount. */
  mount(path: string, middleware: Middleware): Middleware[];
  /** A router's wildcard, which leaves the path alone. */
  route(path: string, middleware: Middleware): Middleware[];
  /** Reads JSON bodies. */
  parser: Middleware;
  /** Sets a header before the answer. */
  header(name: string, value: string): Middleware;
  /** Sets a header after all others, or when the head is written where nothing runs after. */
  headerAfter(name: string, value: string): Middleware;
  /** Changes the headers of the request. */
  touch(change: (headers: IncomingHttpHeaders) => void): Middleware;
  /** Answers, and goes on to the next all the same. */
  answer: Middleware;
  /** Compresses answers: the middleware that the framework's users have. */
  compress: Middleware;
  /** Sets the length of the answer when all others are done. */
  lengthAfter: Middleware;
  /** An application in production mode; `failed` sees its errors. */
  application(
    middlewares: readonly Middleware[],
    failed: (error: unknown) => void,
    options?: { readonly silent?: boolean },
  ): RequestListener;
}

/** Runs the suite for one major of one framework. */
export function forwardContract(name: string, adapter: ForwardAdapter): void {
  let api: ApiServer;
  let made: Backends<never>[];
  let errors: unknown[];
  let printed: jest.SpiedFunction<typeof console.error>;

  beforeEach(async () => {
    api = await apiServer();
    made = [];
    errors = [];
    printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(async () => {
    await Promise.all(made.map((each) => each.close({ timeout: 0 })));
    await new Promise(setImmediate); // Express prints an error after its answer.
    printed.mockRestore();
    await api.close();
  });

  const clients = (origin = api.origin, options?: RequestBackendsOptions) => {
    const one = adapter.backends({ billing: { origin, path_prefix: '/v1', oauth2: staticToken('good') } }, options);
    made.push(one);
    return one;
  };
  const application = (...middlewares: Middleware[]) => adapter.application(middlewares, (error) => errors.push(error));
  const forwarding = (options?: RequestForwardOptions) =>
    application(clients(), ...adapter.mount('/api/billing', adapter.forward('billing', options)));

  describe(`${name}: forward('billing') below a mount`, () => {
    it('sends the request on with the token, to the path below the mount', async () => {
      await supertest(forwarding())
        .post('/api/billing/invoices?x=1')
        .set('cookie', 'a=b')
        .send({ a: 1 })
        .expect(200, { method: 'POST', url: '/v1/invoices?x=1', token: 'good' });
      expect(api.requests[0]?.body.toString()).toBe('{"a":1}');
      expect(api.requests[0]?.headers).not.toHaveProperty('cookie');
    });

    it('sends the mount itself to the prefix', async () => {
      await supertest(forwarding()).get('/api/billing').expect(200, { method: 'GET', url: '/v1', token: 'good' });
    });

    it.each([
      ['/api/billing?page=2', '/v1?page=2'],
      ['/api/billing/?page=2', '/v1/?page=2'],
      ['/api/billing/', '/v1/'],
      ['/api/billing//a//b/', '/v1//a//b/'],
      ["/api/billing/a'b?c='%27%61", "/v1/a'b?c='%27%61"],
      ['http://shop.example/api/billing?page=2', '/v1?page=2'],
      ['http://shop.example/api/billing/?a', '/v1/?a'],
      ["http://shop.example/api/billing//a?b='{|}%27", "/v1//a?b='{|}%27"],
    ])('sends %s on as %s', async (target, url) => {
      await withServer(createServer(forwarding()), async (origin) => {
        await get(origin, target);
        expect(api.requests[0]?.url).toBe(url);
      });
    });

    it('sends the mount to the root where there is no prefix', async () => {
      const one = adapter.backends({ billing: { origin: api.origin, oauth2: staticToken('good') } });
      made.push(one);
      const listener = application(one, ...adapter.mount('/api/billing', adapter.forward('billing')));
      await supertest(listener).get('/api/billing?page=2').expect(200);
      expect(api.requests[0]?.url).toBe('/?page=2');
    });

    it.each(["http://h;/api/billing/x'", "http://h'/api/billing/x", 'http://h::/api/billing', '/api/billing/%61dmin'])(
      'sends nothing on for %s',
      async (target) => {
        await withServer(createServer(forwarding()), async (origin) => {
          expect((await get(origin, target)).statusCode).toBeGreaterThanOrEqual(400);
          expect(api.requests).toHaveLength(0);
        });
      },
    );

    it('sends the headers that the application has left, changed and added', async () => {
      const change = adapter.touch((headers) => {
        delete headers['x-role'];
        Object.assign(headers, { 'x-user': 'alice', 'x-tenant': 'one' });
      });
      const sent = { 'x-role': 'admin', 'x-user': 'mallory', 'x-kept': '1', connection: 'x-tenant, x-user' };
      await supertest(application(clients(), change, adapter.forward('billing')))
        .get('/x')
        .set(sent)
        .expect(200);
      expect(api.requests[0]?.headers).toMatchObject({ 'x-user': 'alice', 'x-tenant': 'one', 'x-kept': '1' });
      expect(api.requests[0]?.headers).not.toHaveProperty('x-role');
    });

    it('gives status, headers and body back, and adds no type', async () => {
      api.next({ status: 418, headers: { 'x-a': ['1', '2'], etag: '"x"' }, body: Buffer.from('tea') });
      const { status, headers, body } = await supertest(forwarding()).get('/api/billing/x').buffer(true).parse(bytes);
      expect([status, headers['x-a'], headers['etag'], headers['content-type'], String(body)]).toEqual([
        418,
        '1, 2',
        '"x"',
        undefined,
        'tea',
      ]);
    });

    it.each([
      ['HEAD', 200, '500'],
      ['GET', 204, undefined],
      ['GET', 304, undefined],
    ])('gives a %s %i without a body', async (method, status, length) => {
      api.next({ status, headers: length === undefined ? {} : { 'content-length': length } });
      const test = supertest(forwarding());
      const answer = await (method === 'HEAD' ? test.head('/api/billing/x') : test.get('/api/billing/x'));
      expect([answer.status, answer.headers['content-length'], answer.text ?? '']).toEqual([status, length, '']);
    });

    it('names the mount, and leaves a Location alone that is made of it', async () => {
      await withServer(
        createServer((request, response) => {
          const {
            'x-forwarded-host': host,
            'x-forwarded-prefix': prefix,
            'x-forwarded-proto': proto,
          } = request.headers;
          response.writeHead(302, { location: `${String(proto)}://${String(host)}${String(prefix)}/invoices/7` }).end();
        }),
        async (origin) => {
          const forward = adapter.forward('billing', { forwarded: 'x-forwarded' });
          const listener = application(clients(origin), ...adapter.mount('/api/billing', forward));
          const { headers } = await supertest(listener).post('/api/billing/invoices').set('host', 'shop.example');
          expect(headers['location']).toBe('http://shop.example/api/billing/invoices/7');
        },
      );
    });

    it.each([
      ['Invoice Locked', 'Invoice Locked'],
      ['Gesperrt f\xc3\xbcr \xe2\x82\xac', 'Gesperrt f\xc3\xbcr \xe2\x82\xac'],
      ['f\xfcr', 'Conflict'],
      ['a\x7fb', 'Conflict'],
      ['', 'Conflict'],
    ])('gives the phrase %j back as %j', async (phrase, wanted) => {
      const upstream = createServer(({ socket }) => {
        socket.end(`HTTP/1.1 409 ${phrase}\r\nContent-Length: 0\r\n\r\n`, 'latin1');
      });
      await withServer(upstream, async (origin) => {
        await withServer(createServer(application(clients(origin), adapter.forward('billing'))), async (url) => {
          const answer = await get(`${url}/x`);
          expect([answer.statusCode, answer.statusMessage]).toEqual([409, wanted]);
        });
      });
    });

    it('maps a Location to the mount', async () => {
      api.next({ status: 302, headers: { location: '/v1/invoices/5' } });
      const answer = await supertest(forwarding()).get('/api/billing/x').expect(302);
      expect(answer.headers['location']).toBe('/api/billing/invoices/5');
    });

    it('keeps what the response had: cookies, Vary', async () => {
      api.next({ headers: { 'set-cookie': 'b=2', vary: 'accept' } });
      const before = [adapter.header('set-cookie', 'a=1'), adapter.header('vary', 'origin')];
      const listener = application(clients(), ...before, adapter.forward('billing', { passSetCookie: true }));
      const { headers } = await supertest(listener).get('/x');
      expect(headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], vary: 'origin, accept' });
    });

    it('gives trailers back', async () => {
      await withServer(createServer(trailing), async (origin) => {
        await withServer(createServer(application(clients(origin), adapter.forward('billing'))), async (url) => {
          const answer = await get(`${url}/x`);
          for await (const chunk of answer) expect(String(chunk)).toBe('hello');
          expect(answer.trailers).toEqual({ 'x-sum': '42' });
        });
      });
    });

    it('gives trailers back where a middleware has set the length of another body', async () => {
      const middlewares = [adapter.header('content-length', '5'), adapter.forward('billing')];
      await withServer(createServer(trailing), async (origin) => {
        await withServer(createServer(application(clients(origin), ...middlewares)), async (url) => {
          const answer = await get(`${url}/x`);
          expect(String(Buffer.concat(await answer.toArray()))).toBe('hello');
          expect(answer.trailers).toEqual({ 'x-sum': '42' });
        });
      });
    });

    it.each(['0.9', '2.0'])('answers 505 to HTTP/%s in plain text', async (version) => {
      await withServer(createServer(trailing), async (origin) => {
        await withServer(createServer(application(clients(origin), adapter.forward('billing'))), async (url) => {
          const socket = connect(Number(new URL(url).port), '127.0.0.1');
          socket.write(`GET /x HTTP/${version}\r\nHost: a\r\n\r\n`);
          expect(String(Buffer.concat(await socket.toArray()))).toMatch(/^HTTP\/1.1 505 /);
        });
      });
    });

    it('answers 405 with the methods that are allowed', async () => {
      const { status, headers } = await supertest(forwarding({ methods: ['GET'] })).delete('/api/billing/x');
      expect([status, headers['allow'], api.requests.length]).toEqual([405, 'GET', 0]);
    });

    it('answers 400 to a path that leaves the backend', async () => {
      await supertest(forwarding()).get('/api/billing/..%2f..%2fadmin').expect(400);
      expect(api.requests).toHaveLength(0);
    });
  });

  describe(`${name}: forward('billing') in time`, () => {
    /** A backend whose events come when the test says so. */
    const events = async (
      middlewares: readonly Middleware[],
      use: (asked: Promise<IncomingMessage>, send: (event: string) => void) => Promise<void>,
    ) => {
      let response: ServerResponse | undefined;
      const upstream = createServer((_, answer) => {
        response = answer.writeHead(200, { 'content-type': 'text/event-stream', 'x-name': 'f\xfcr' });
        // Not `flushHeaders`, which writes Latin-1 as UTF-8.
        response.write(Buffer.alloc(0));
      });
      await withServer(upstream, async (origin) => {
        const listener = application(...middlewares, clients(origin), adapter.forward('billing'));
        await withServer(createServer(listener), async (url) => {
          await use(get(`${url}/x`, '/x', { 'accept-encoding': 'gzip' }), (event) => void response?.write(event));
        });
      });
    };

    it('gives the head before there is any body', async () => {
      await events([], async (asked) => {
        expect((await asked).headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-name': 'f\xfcr' });
      });
    });

    it('gives each event when it comes, behind a middleware that compresses too', async () => {
      for (const middlewares of [[], [adapter.compress]]) {
        await events(middlewares, async (asked, write) => {
          const answer = await asked;
          const gzip = answer.headers['content-encoding'] === 'gzip';
          const body = gzip ? answer.pipe(createGunzip()) : answer;
          for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
            write(event);
            const [chunk] = await once(body, 'data');
            expect(String(chunk)).toBe(event);
          }
          body.on('error', () => undefined);
        });
      }
    });

    it('leaves an answer of known length to a middleware that compresses', async () => {
      api.next({ headers: { 'content-type': 'text/plain' }, body: Buffer.from('hello '.repeat(1000)) });
      const listener = application(adapter.compress, clients(), adapter.forward('billing'));
      const { headers, text } = await supertest(listener).get('/x').set('accept-encoding', 'gzip');
      expect([headers['content-encoding'], text]).toEqual(['gzip', 'hello '.repeat(1000)]);
    });

    it.each([413, 401])(
      'gives a %i that comes before the upload has ended, and closes the connection',
      async (status) => {
        let requests = 0;
        const upstream = createServer((_, response) => {
          requests += 1;
          response.writeHead(status).end('no');
        });
        await withServer(upstream, async (origin) => {
          await withServer(createServer(application(clients(origin), adapter.forward('billing'))), async (url) => {
            const asked = send(`${url}/x`, { method: 'POST' });
            asked.on('error', () => undefined);
            asked.write('hello');
            const [answer] = (await once(asked, 'response')) as [IncomingMessage];
            expect([answer.statusCode, answer.headers.connection]).toEqual([status, 'close']);
            expect(String(Buffer.concat(await answer.toArray()))).toBe('no');
            await once(asked, 'close');
          });
        });
        expect([requests, errors]).toEqual([1, []]);
      },
    );

    it('gives a head that all middleware has seen', async () => {
      await events([adapter.headerAfter('x-late', '1')], async (asked) => {
        expect((await asked).headers['x-late']).toBe('1');
      });
    });
  });

  describe(`${name}: forward('billing') and clients that leave`, () => {
    it.each(['before', 'in'])(
      'prints nothing, and reports nothing, for those that leave %s the answer',
      async (when) => {
        const closed: Promise<unknown>[] = [];
        const upstream = createServer((_, response) => {
          closed.push(once(response, 'close'));
          if (when === 'in') response.writeHead(200).write('hello');
        });
        await withServer(upstream, async (origin) => {
          const listener = adapter.application(
            [clients(origin), adapter.forward('billing')],
            (error) => errors.push(error),
            {
              silent: false,
            },
          );
          await withServer(createServer(listener), async (url) => {
            for (let count = 1; count <= 5; count += 1) {
              const asked = send(`${url}/x`, { agent: false }).end();
              asked.on('error', () => undefined);
              if (when === 'in') await once((await once(asked, 'response'))[0], 'data');
              else await until(() => closed.length === count);
              asked.destroy();
              await closed[count - 1];
            }
          });
        });
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(errors).toEqual([]);
        expect(printed).not.toHaveBeenCalled();
      },
    );
  });

  describe(`${name}: forward('billing') without a mount`, () => {
    it('sends the whole path on', async () => {
      const listener = application(clients(), ...adapter.route('/api/billing', adapter.forward('billing')));
      await supertest(listener)
        .get('/api/billing/x')
        .expect(200, { method: 'GET', url: '/v1/api/billing/x', token: 'good' });
    });

    it('cuts off what mount says', async () => {
      const forward = adapter.forward('billing', { mount: '/api/billing' });
      const listener = application(clients(), ...adapter.route('/api/billing', forward));
      api.next({ status: 201, headers: { location: 'y' } });
      const answer = await supertest(listener).get('/api/billing/a/x?q');
      expect([answer.headers['location'], api.requests[0]?.url]).toEqual(['/api/billing/a/y', '/v1/a/x?q']);
    });
  });

  describe(`${name}: forward() that cannot work`, () => {
    it('refuses unknown options when it is made', () => {
      expect(() => adapter.forward('billing', { replaylimit: 5 } as object)).toThrow(/"replayLimit"/);
      expect(() => adapter.forward('', { property: '' })).toThrow(/name[\s\S]*property/);
      expect(() => adapter.forward('billing', null as never)).toThrow('options: must be an object, not null');
    });

    it('refuses methods that no request has', () => {
      for (const methods of [['get'], ['GET', 'Post'], []]) {
        expect(() => adapter.forward('billing', { methods })).toThrow('methods: must be a list of methods');
      }
    });

    it('answers 500 where the middleware has not run, or has another property', async () => {
      for (const middlewares of [[], [clients(api.origin, { property: 'clients' })]]) {
        errors = [];
        await supertest(application(...middlewares, adapter.forward('billing')))
          .get('/x')
          .expect(500);
        expect(errors[0]).toBeInstanceOf(ConfigurationError);
      }
    });

    it('finds the backends under another property', async () => {
      const listener = application(
        clients(api.origin, { property: 'clients' }),
        adapter.forward('billing', { property: 'clients' }),
      );
      await supertest(listener).get('/x').expect(200);
    });

    it('answers 500 to an unknown name, and says which may have been meant', async () => {
      await supertest(application(clients(), adapter.forward('biling')))
        .get('/x')
        .expect(500);
      expect(errors[0]).toBeInstanceOf(UnknownBackendError);
      expect(errors[0]).toMatchObject({ message: expect.stringContaining('"billing"') });
    });

    it('answers 500 to a body that a parser has consumed, not to one that it left alone', async () => {
      const listener = application(clients(), adapter.parser, adapter.forward('billing'));
      await supertest(listener).post('/x').send({ a: 1 }).expect(500);
      expect(errors[0]).toMatchObject({ message: expect.stringContaining('before body parsers') });
      await supertest(listener).post('/x').type('text/plain').send('hello').expect(200);
      await supertest(listener).get('/x').expect(200);
      expect(api.requests.map(({ body }) => body.toString())).toEqual(['hello', '']);
    });

    it('sends the body that a parser has consumed where body gives it', async () => {
      const body = (inbound: { body?: unknown; request?: { body?: unknown } }) =>
        JSON.stringify(inbound.body ?? inbound.request?.body);
      const listener = application(clients(), adapter.parser, adapter.forward('billing', { body }));
      await supertest(listener).post('/x').send({ a: 1 }).expect(200);
      expect(api.requests[0]).toMatchObject({ headers: { 'content-length': '7', 'content-type': 'application/json' } });
      expect(api.requests[0]?.body.toString()).toBe('{"a":1}');
    });

    it('sends nothing for a request that has been answered already', async () => {
      const listener = application(clients(), adapter.answer, adapter.forward('billing'));
      await supertest(listener).get('/x').expect(200, 'early');
      expect(api.requests).toHaveLength(0);
      expect(errors[0]).toMatchObject({ message: expect.stringContaining('answered already') });
    });

    it('answers 500 where Node cannot write the head that is left', async () => {
      const agent = new MockAgent();
      agent
        .get('https://billing.example')
        .intercept({ path: '/x' })
        .reply(200, 'x', { headers: { 'x-a': '\x01' } });
      const mocked = adapter.backends({ billing: { origin: 'https://billing.example' } }, { dispatcher: agent });
      made.push(mocked);
      await supertest(application(mocked, adapter.forward('billing')))
        .get('/x')
        .expect(500);
      await agent.close();
    });

    it('survives a length that is set where trailers come', async () => {
      await withServer(createServer(trailing), async (origin) => {
        const listener = application(adapter.lengthAfter, clients(origin), adapter.forward('billing'));
        const { status } = await supertest(listener).get('/x');
        expect(status).toBe(500);
      });
    });

    it('answers 502 without details where there is no answer', async () => {
      api.next({ reset: true });
      const { status, text } = await supertest(forwarding()).get('/api/billing/x');
      expect([status, text]).toEqual([502, expect.stringContaining('Bad Gateway')]);
    });

    it.each(['an answer', 'an error'])('gives %s after its 100 Continue, though others are before it', async (what) => {
      api.next({ delay: 150 }, what === 'an error' ? { reset: true } : { body: { method: 'POST' } });
      await withServer(createServer(forwarding()), async (url) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('latin1');
        socket.write('GET /api/billing/first HTTP/1.1\r\nHost: a\r\n\r\n');
        await api.arrived(1);
        socket.write('POST /api/billing/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi');
        let text = '';
        for await (const piece of socket) {
          text += piece as string;
          if (/(?:"POST.*\}|Bad Gateway\S*)$/.test(text)) break;
        }
        const [, second = ''] = text.split('HTTP/1.1 100 Continue\r\n\r\n');
        expect(second).toMatch(
          what === 'an error' ? /^HTTP\/1\.1 502 [\s\S]*Bad Gateway/ : /^HTTP\/1\.1 200 [\s\S]*"POST"/,
        );
        socket.destroy();
      });
    });

    it('closes the connection of the client where the answer breaks off', async () => {
      const upstream = createServer((_, response) => {
        response.write('hello');
        setTimeout(() => response.destroy(), 20);
      });
      await withServer(upstream, async (origin) => {
        await withServer(createServer(application(clients(origin), adapter.forward('billing'))), async (url) => {
          const answer = await get(`${url}/x`);
          await expect(answer.toArray()).rejects.toMatchObject({ code: 'ECONNRESET' });
        });
      });
    });

    it('ends the requests that wait for their turn when the client goes away, and reports nothing', async () => {
      api.hold();
      await withServer(createServer(forwarding()), async (url) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        socket.write('POST /api/billing/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi'.repeat(3));
        await api.arrived(3);
        socket.destroy();
        expect(await Promise.all(api.requests.map(({ answered }) => answered))).toEqual([false, false, false]);
        await new Promise(setImmediate);
        expect(errors).toEqual([]);
        expect(printed).not.toHaveBeenCalled();
      });
    });

    it('ends the request when the client goes away, in the middle of the answer too', async () => {
      let ended: () => void = () => undefined;
      const end = new Promise<void>((resolve) => {
        ended = resolve;
      });
      const upstream = createServer((_, response) => {
        response.write('hello');
        response.once('close', ended);
      });
      await withServer(upstream, async (origin) => {
        await withServer(createServer(application(clients(origin), adapter.forward('billing'))), async (url) => {
          (await get(`${url}/x`)).destroy();
          await end;
        });
      });
    });
  });
}

const trailing: RequestListener = (_, response) => {
  response.setHeader('trailer', 'x-sum');
  response.write('hello');
  response.addTrailers({ 'x-sum': '42' });
  response.end();
};

async function withServer(
  server: ReturnType<typeof createServer>,
  use: (origin: string) => Promise<void>,
): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function get(url: string, path = new URL(url).pathname, headers = {}): Promise<IncomingMessage> {
  const [answer] = (await once(send(url, { path, headers, agent: false }).end(), 'response')) as [IncomingMessage];
  return answer;
}

function bytes(response: unknown, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  const stream = response as IncomingMessage;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => done(null, Buffer.concat(chunks)));
}
