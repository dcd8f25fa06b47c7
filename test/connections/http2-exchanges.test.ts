/** What a request over HTTP/2 keeps of what HTTP/1.1 gives it, in every client. */

import diagnostics from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import http2, { type ServerHttp2Stream } from 'node:http2';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Backend, type BackendDefinition, type Backends, createBackends, staticToken } from 'oauth2-backend';
import { certificateAuthority } from 'test-servers/certificates';
import { rejection } from '../../packages/oauth2-backend/test/clients/client-world.js';

const authority = certificateAuthority();
const { cert, key } = authority.server('localhost');

interface Arrived {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly body: string;
  readonly headers: http2.IncomingHttpHeaders;
  readonly stream: ServerHttp2Stream;
  readonly session: http2.ServerHttp2Session;
}

let server: http2.Http2SecureServer;
let origin: string;
let arrived: Arrived[];
let onArrival: (arrival: Arrived) => void;
const sessions = new Set<http2.ServerHttp2Session>();
const ends: (() => unknown)[] = [];
const made: Backends<{ api: BackendDefinition }>[] = [];

beforeEach(async () => {
  arrived = [];
  onArrival = ({ stream, method, body }) => {
    answered(stream, `${method} ${body}`);
  };
  await startServer();
});
afterEach(async () => {
  await Promise.all(made.splice(0).map((backends) => backends.close({ timeout: 0 })));
  for (const end of ends.splice(0)) end();
  for (const session of sessions) session.destroy();
  sessions.clear();
  server.close();
});

function answered(stream: ServerHttp2Stream, text: string, status = 200): void {
  stream.respond({ ':status': status });
  stream.end(text);
}

/** It speaks HTTP/2 and nothing else. */
async function startServer(settings: http2.Settings = {}): Promise<void> {
  server = http2.createSecureServer({ cert, key, settings });
  server.on('session', (session) => sessions.add(session));
  server.on('sessionError', () => undefined);
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => undefined);
    const chunks: Buffer[] = [];
    const session = stream.session as http2.ServerHttp2Session;
    const tell = () => {
      // A body that is broken off ends like a whole one.
      if (stream.destroyed) return;
      const { ':method': method, ':path': path } = headers;
      const arrival = { method, path, body: Buffer.concat(chunks).toString(), headers, stream, session };
      arrived.push(arrival);
      onArrival(arrival);
    };
    if (headers.expect === '100-continue') stream.additionalHeaders({ ':status': 100 });
    if (headers[':path'] === '/unread') {
      tell();
      return;
    }
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', tell);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
}

function backend(changes: Partial<BackendDefinition> = {}): Backend {
  const tls = { server_ca_certificate: authority.ca };
  const definition = { origin, http2: true, tls, oauth2: staticToken('token'), timeout: '5s', ...changes };
  const backends = createBackends({ api: definition });
  made.push(backends);
  return backends.get('api');
}

interface Got {
  readonly status: number;
  readonly body: string;
  readonly trailers?: NodeJS.Dict<string | string[]>;
}

interface Asking {
  readonly method?: string;
  readonly body?: string;
  /** Milliseconds before the answer is read. */
  readonly pause?: number;
}

interface Carrier {
  readonly name: string;
  ask(api: Backend, path: string, asking?: Asking): Promise<Got>;
}

/** An application that forwards, and its client. */
async function forwarded(api: Backend, path: string, { method = 'GET', body, pause = 0 }: Asking): Promise<Got> {
  const application = createServer((request, response) => {
    api.forward(request).then(
      (answer) => {
        answer.body.once('error', () => response.destroy());
        answer.body.once('end', () => response.addTrailers(answer.trailers));
        answer.body.pipe(response.writeHead(answer.status, answer.headers));
      },
      (error) => response.writeHead(error.statusCode ?? 599).end(error.message),
    );
  }).listen(0, '127.0.0.1');
  ends.push(() => application.close());
  await once(application, 'listening');
  const { port } = application.address() as AddressInfo;
  const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const asked = send({ host: '127.0.0.1', port, path, method, headers, agent: false }).end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  await delay(pause);
  const text = (await answer.toArray()).join('');
  return { status: answer.statusCode ?? 0, body: text, trailers: answer.trailers };
}

const carriers: readonly Carrier[] = [
  {
    name: 'fetch',
    async ask(api, path, { pause = 0, ...init } = {}) {
      const answer = await api.fetch(path, init);
      await delay(pause);
      return { status: answer.status, body: await answer.text() };
    },
  },
  {
    name: 'request',
    async ask(api, path, { pause = 0, ...options } = {}) {
      const answer = await api.request(path, options);
      await delay(pause);
      const body = await answer.body.text();
      return { status: answer.statusCode, body, trailers: answer.trailers };
    },
  },
  { name: 'forward', ask: (api, path, asking = {}) => forwarded(api, `/${path}`, asking) },
];

describe.each(carriers)('$name over HTTP/2', ({ name, ask }) => {
  // fetch itself gives GET and HEAD no body.
  const methods = ['DELETE', 'OPTIONS', 'QUERY', 'PROPFIND', 'PATCH', ...(name === 'fetch' ? [] : ['GET'])];

  it.each(methods)('carries the body of a %s; the next request goes over the same connection', async (method) => {
    const api = backend();
    expect(await ask(api, 'x', { method, body: 'text' })).toMatchObject({ status: 200, body: `${method} text` });
    expect(await ask(api, 'x')).toMatchObject({ status: 200, body: 'GET ' });
    expect(arrived[0]?.headers['content-length']).toBe('4');
    expect(sessions.size).toBe(1);
  });

  it('has requests under way at the same time over one connection', async () => {
    const api = backend();
    await ask(api, 'warm');
    onArrival = () => {
      if (arrived.length === 6) for (const { stream } of arrived.slice(1)) answered(stream, 'well');
    };
    const asked = Array.from({ length: 5 }, (_, index) => ask(api, `${index}`));
    expect((await Promise.all(asked)).every(({ status }) => status === 200)).toBe(true);
    expect(sessions.size).toBe(1);
  });

  it('completes what is under way at a graceful GOAWAY; the next request opens a connection', async () => {
    const api = backend();
    await ask(api, 'warm');
    const answer = onArrival;
    onArrival = () => {
      if (arrived.length < 4) return;
      const [, ...underWay] = arrived;
      underWay[0]?.session.goaway();
      setTimeout(() => underWay.forEach(answer), 50);
      onArrival = answer;
    };
    const methods = ['GET', 'POST', 'DELETE'];
    const got = await Promise.all(methods.map((method) => ask(api, 'x', { method })));
    expect(got.map(({ body }) => body)).toEqual(methods.map((method) => `${method} `));
    expect(await ask(api, 'x')).toMatchObject({ body: 'GET ' });
    expect(arrived).toHaveLength(5);
    expect(sessions.size).toBe(2);
  });

  it('repeats what a GOAWAY or the server says was not processed, POST too, with its body', async () => {
    const api = backend();
    await ask(api, 'warm');
    const answer = onArrival;
    let gone = 0;
    onArrival = (arrival) => {
      gone += 1;
      if (gone === 1) arrival.session.goaway(0, (arrival.stream.id ?? 0) - 2);
      else if (gone === 2) arrival.stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      else answer(arrival);
    };
    expect(await ask(api, 'x', { method: 'POST', body: 'text' })).toMatchObject({ status: 200, body: 'POST text' });
    expect(arrived.map(({ body }) => body)).toEqual(['', 'text', 'text', 'text']);
    expect(sessions.size).toBe(2);
  });

  it('gives up a request that is refused again and again', async () => {
    const api = backend();
    onArrival = ({ stream }) => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
    const outcome = await ask(api, 'x').catch((error) => ({ status: error.statusCode as number }));
    expect(outcome).toMatchObject({ status: 502 });
    expect(arrived).toHaveLength(4);
  });

  it('gives all bytes of an answer with trailers to a slow reader', async () => {
    onArrival = ({ stream }) => {
      stream.respond({ ':status': 200, trailer: 'x-sum' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }));
      stream.end(Buffer.alloc(300_000, 'a'));
    };
    const { body, trailers } = await ask(backend(), 'x', { pause: 200 });
    expect(body).toHaveLength(300_000);
    // fetch gives nobody trailers.
    if (name !== 'fetch') expect(trailers).toMatchObject({ 'x-sum': '42' });
  });

  it.each(['NGHTTP2_CANCEL', 'NGHTTP2_INTERNAL_ERROR'] as const)(
    'fails an answer that breaks off with %s, and the next is well',
    async (code) => {
      const api = backend();
      const answer = onArrival;
      onArrival = ({ stream }) => {
        stream.respond({ ':status': 200, 'content-length': 10 });
        stream.write('half');
        setTimeout(() => stream.close(http2.constants[code]), 50);
      };
      await rejection(ask(api, 'x'));
      onArrival = answer;
      expect(await ask(api, 'x')).toMatchObject({ status: 200 });
      expect(sessions.size).toBe(1);
    },
  );

  it('is a 502 when the server ends the connection; the next request opens another', async () => {
    const api = backend();
    const answer = onArrival;
    onArrival = ({ session }) => session.destroy();
    const outcome = await ask(api, 'x', { method: 'POST', body: 'text' }).catch((error) => ({
      status: error.statusCode as number,
    }));
    expect(outcome).toMatchObject({ status: 502 });
    onArrival = answer;
    expect(await ask(api, 'x')).toMatchObject({ status: 200 });
  });

  it('waits where the server allows few streams and max_connections no further connection', async () => {
    server.close();
    await startServer({ maxConcurrentStreams: 2 });
    const api = backend({ max_connections: 1 });
    let most = 0;
    let open = 0;
    onArrival = ({ stream }) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        answered(stream, 'well');
      }, 20);
    };
    await ask(api, 'warm');
    const got = await Promise.all(Array.from({ length: 7 }, () => ask(api, 'x')));
    expect(got.every(({ status }) => status === 200)).toBe(true);
    expect(most).toBe(2);
    expect(sessions.size).toBe(1);
  });

  it('opens a connection for each request with disable_connection_reuse', async () => {
    const api = backend({ disable_connection_reuse: true });
    await Promise.all([ask(api, 'x'), ask(api, 'x')]);
    await ask(api, 'x');
    expect(sessions.size).toBe(3);
  });

  it('goes over HTTP/1.1 to a server that speaks nothing else', async () => {
    const old = https.createServer({ cert, key }, (request, response) => response.end(request.httpVersion));
    old.listen(0, '127.0.0.1');
    ends.push(
      () => old.closeAllConnections(),
      () => old.close(),
    );
    await once(old, 'listening');
    const api = backend({ origin: `https://localhost:${(old.address() as AddressInfo).port}` });
    const got = await Promise.all([ask(api, 'a'), ask(api, 'b', { method: 'POST', body: 'x' })]);
    expect(got.map(({ body }) => body)).toEqual(['1.1', '1.1']);
    expect(await ask(api, 'c')).toMatchObject({ body: '1.1' });
  });
});

describe('request over HTTP/2', () => {
  it('sends a stream, and gives the answer that comes before its end', async () => {
    const api = backend();
    const streamed = await api.request('x', { method: 'DELETE', body: Readable.from(['a', 'b']) });
    expect(await streamed.body.text()).toBe('DELETE ab');
    onArrival = ({ stream }) => answered(stream, 'too large', 413);
    const endless = new Readable({ read: () => void setImmediate(() => endless.push(Buffer.alloc(65_536))) });
    const early = await api.request('unread', { method: 'POST', body: endless });
    expect([early.statusCode, await early.body.text()]).toEqual([413, 'too large']);
    await delay(20);
    expect(endless.destroyed).toBe(true);
  });

  it.each([0, 50])('ends an upload that is aborted after %d ms, not the connection', async (time) => {
    const api = backend();
    await (await api.request('x')).body.dump();
    const endless = new Readable({ read: () => void setImmediate(() => endless.push(Buffer.alloc(65_536))) });
    const controller = new AbortController();
    const aborted = rejection(api.request('x', { method: 'POST', body: endless, signal: controller.signal }));
    await delay(time);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    expect(await (await api.request('x')).body.text()).toBe('GET ');
    expect(endless.destroyed).toBe(true);
    expect(sessions.size).toBe(1);
  });

  it('is answered after many uploads that were given up, on their connection', async () => {
    const api = backend();
    onArrival = ({ path, stream }) => path !== '/unread' && answered(stream, 'read');
    await (await api.request('x')).body.dump();
    const content = Buffer.alloc(2_000_000);
    for (let nth = 0; nth < 10; nth += 1) {
      const controller = new AbortController();
      const { signal } = controller;
      const aborted = rejection(api.request('unread', { method: 'POST', body: content, signal }));
      while (arrived.length < nth + 2) await delay(1);
      controller.abort();
      await aborted;
    }
    expect(await (await api.request('x')).body.text()).toBe('read');
    expect(sessions.size).toBe(1);
  });

  it('is answered while much is on its way to the server', async () => {
    const api = backend();
    onArrival = ({ path, stream }) => path !== '/unread' && answered(stream, 'read');
    await (await api.request('x')).body.dump();
    const content = Buffer.alloc(2_000_000);
    const controller = new AbortController();
    const { signal } = controller;
    const uploads = Array.from({ length: 10 }, () =>
      rejection(api.request('unread', { method: 'POST', body: content, signal })),
    );
    while (arrived.length < 11) await delay(1);
    expect(await (await api.request('x')).body.text()).toBe('read');
    expect(sessions.size).toBe(1);
    controller.abort();
    await Promise.all(uploads);
  });

  it('fails with what its stream fails with', async () => {
    const body = Readable.from(
      (function* chunks() {
        yield 'a';
        throw new Error('no more');
      })(),
    );
    expect(await rejection(backend().request('x', { method: 'POST', body }))).toMatchObject({ message: 'no more' });
  });

  it('fails with what its stream fails with before there is a connection', async () => {
    const body = new Readable({ read() {} });
    const failed = rejection(backend().request('x', { method: 'POST', body }));
    await new Promise(setImmediate);
    body.destroy(new Error('left'));
    expect(await failed).toMatchObject({ message: 'left' });
    await delay(20);
    expect(arrived).toEqual([]);
  });

  it('waits for 100 with expectContinue', async () => {
    const answer = await backend().request('x', { method: 'POST', body: 'text', expectContinue: true });
    expect(await answer.body.text()).toBe('POST text');
    expect(arrived[0]?.headers.expect).toBe('100-continue');
  });

  it.each([
    ['headersTimeout', 'UND_ERR_HEADERS_TIMEOUT'],
    ['bodyTimeout', 'UND_ERR_BODY_TIMEOUT'],
  ])('keeps %s', async (limit, code) => {
    onArrival = ({ stream }) => {
      if (limit === 'bodyTimeout') stream.respond();
    };
    const asked = backend()
      .request('x', { [limit]: 50 })
      .then(({ body }) => body.text());
    expect(await rejection(asked)).toMatchObject({ code, statusCode: 504 });
  });

  it('passes over interim answers, a hundred of them', async () => {
    const api = backend();
    const interim = (count: number) => (arrival: Arrived) => {
      for (let sent = 0; sent < count; sent++) arrival.stream.additionalHeaders({ ':status': 103, link: '</a>' });
      arrival.stream.respond();
      arrival.stream.end('well');
    };
    onArrival = interim(100);
    expect(await (await api.request('x')).body.text()).toBe('well');
    onArrival = interim(101);
    expect(await rejection(api.request('x'))).toMatchObject({ code: 'UND_ERR_SOCKET', statusCode: 502 });
  });

  it.each(['proxy-connection', 'http2-settings', 'te'])(
    'is a 502 that names HTTP/2 and the method where a header (%s) is of HTTP/1.1 alone, and hinders no other',
    async (name) => {
      const api = backend();
      const error = await rejection(api.request('x', { method: 'DELETE', headers: { [name]: 'x' } }));
      expect(error).toMatchObject({ statusCode: 502, message: expect.stringMatching(/HTTP\/2.*DELETE/) });
      expect(await (await api.request('x')).body.text()).toBe('GET ');
    },
  );

  it.each([
    [10_000, 200],
    [30_000, 1_500],
  ])('keeps max_response_header_size of %d bytes', async (limit, many) => {
    const api = backend({ max_response_header_size: limit });
    const fields = (value: string, count: number) => {
      const named = Array.from({ length: count }, (_, index) => [`x-${index}`, value]);
      return Object.fromEntries(named);
    };
    onArrival = ({ stream }) => stream.respond({ ':status': 200, ...fields('a', many) }, { endStream: true });
    expect((await api.request('x')).headers['x-1']).toBe('a');
    onArrival = ({ stream }) => stream.respond({ ':status': 200, ...fields('a'.repeat(1000), limit / 1000) });
    expect(await rejection(api.request('x'))).toMatchObject({
      statusCode: 502,
      message: expect.stringContaining('max_response_header_size'),
    });
    expect(sessions.size).toBe(1);
  });

  it("refuses what undici's own HTTP/1.1 refuses, with its errors", async () => {
    const api = backend();
    for (const options of [{ headers: { 'x-a': 'a\r\nb: c' } }, { method: 'A B' }, { headersTimeout: -1 }]) {
      expect(await rejection(api.request('x', options as object))).toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
    }
    expect(arrived).toHaveLength(0);
  });

  it("tells undici's diagnostics channels, and sends the headers that they add", async () => {
    const told: string[] = [];
    const names = ['request:create', 'client:sendHeaders', 'request:bodySent', 'request:headers', 'request:trailers'];
    const listeners = names.map((name) => {
      const listener = (message: unknown) => {
        const { request } = message as { request: { addHeader(name: string, value: string): void } };
        told.push(name);
        if (name === 'request:create') request.addHeader('traceparent', '00-1-2-01');
      };
      diagnostics.subscribe(`undici:${name}`, listener);
      return () => diagnostics.unsubscribe(`undici:${name}`, listener);
    });
    try {
      await (await backend().request('x')).body.text();
    } finally {
      for (const stop of listeners) stop();
    }
    expect(told).toEqual(names);
    expect(arrived[0]?.headers['traceparent']).toBe('00-1-2-01');
  });
});
