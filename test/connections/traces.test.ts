/** What of a trace reaches the API: each of its headers once, a tracer's where there is one. With OpenTelemetry's own packages. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as send,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import {
  CompositePropagator,
  suppressTracing,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import {
  type Backend,
  type BackendDefinition,
  type Backends,
  type BackendsOptions,
  bearer,
  bearerInterceptor,
  createBackends,
  requestContext,
  staticToken,
  type TokenQuery,
} from 'oauth2-backend';
import { apiServer } from 'test-servers/api-server';
import { certificateAuthority } from 'test-servers/certificates';
import { listen } from 'test-servers/listen';
import { tokenServer } from 'test-servers/token-server';
import { Agent, type Dispatcher } from 'undici';
import { type UpstreamServer, upstreamServer } from './upstream-server.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const INBOUND = {
  traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
  tracestate: 'shop=1',
  baggage: 'user=ann',
};
const B3 = {
  'x-b3-traceid': TRACE,
  'x-b3-spanid': 'b7ad6b7169203331',
  'x-b3-parentspanid': 'c8be7c825a9314fa',
  'x-b3-sampled': '1',
};
const TRACE_HEADERS = [...Object.keys(INBOUND), 'b3', ...Object.keys(B3)];

/** Calls the API on behalf of an inbound request. */
type Call = (backend: Backend, request: IncomingMessage) => Promise<unknown>;

type Definitions = { api: BackendDefinition; as: BackendDefinition };

const sends: Record<'forward' | 'fetch' | 'request', Call> = {
  async forward(backend, request) {
    const { body } = await backend.forward(request);
    for await (const _ of body);
  },
  fetch: async (backend, { url = '' }) => (await backend.fetch(url)).text(),
  request: async (backend, { url = '' }) => (await backend.request(url)).body.text(),
};
const calls: Record<string, Call> = { ...sends, 'token request': (backend) => backend.token() };
const VERSIONS = ['HTTP/1.1', 'HTTP/2'] as const;
const each = (callers: object) => VERSIONS.flatMap((version) => Object.keys(callers).map((name) => [name, version]));

const authority = certificateAuthority();
const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const w3c = new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] });
const instrumentation = new UndiciInstrumentation();
let upstreams: Record<string, UpstreamServer>;
/** Of each upstream. */
let shared: Record<string, Backends<Definitions>>;
let app: Server;
/** What the application does with a request, by its path. */
const routes = new Map<unknown, (request: IncomingMessage, response: ServerResponse) => Promise<unknown>>();
/** What becomes of the inbound request's context. */
let around: (inner: Context) => Context;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  provider.register({ propagator: w3c });
  instrumentation.setTracerProvider(provider);
  const tls = authority.server('localhost');
  upstreams = { 'HTTP/1.1': await upstreamServer(), 'HTTP/2': await upstreamServer({ tls, http2: true }) };
  shared = Object.fromEntries(VERSIONS.map((version) => [version, backendsAt(upstreams[version]?.origin ?? '')]));
  ends.length = 0;
  // As the instrumentation of servers does it.
  app = createServer((request, response) => {
    const outer = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = provider.getTracer('app').startSpan(String(request.url), { kind: SpanKind.SERVER }, outer);
    void context.with(around(trace.setSpan(outer, span)), async () => {
      const failure = await routes
        .get(request.url)?.(request, response)
        .then(
          () => '',
          (error: unknown) => String(error),
        );
      span.end();
      response.end(failure);
    });
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
});
beforeEach(() => {
  around = (inner) => inner;
  instrumentation.setConfig({});
  instrumentation.enable();
});
afterEach(async () => {
  instrumentation.disable();
  propagate(w3c);
  await Promise.all(ends.splice(0).map((end) => end()));
  for (const { requests } of Object.values(upstreams)) (requests as unknown[]).length = 0;
  exporter.reset();
});
afterAll(async () => {
  await Promise.all(Object.values(shared).map((backends) => backends.close({ timeout: 0 })));
  app.closeAllConnections();
  app.close();
  await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()));
  await provider.shutdown();
  for (const api of [trace, context, propagation]) api.disable();
});

function propagate(propagator: TextMapPropagator): void {
  propagation.disable();
  propagation.setGlobalPropagator(propagator);
}

/** A backend whose API and token endpoint are at this origin. */
function backendsAt(origin: string, options: BackendsOptions = {}): Backends<Definitions> {
  const tls = origin.startsWith('https') ? { tls: { server_ca_certificate: authority.ca } } : {};
  const connection = { origin, http2: options.dispatcher === undefined, ...tls };
  const oauth2 = {
    grant_type: 'client_credentials',
    token_endpoint: '/token',
    client_id: 'shop',
    client_secret: 'secret',
    backend: 'as',
    allow_http: true,
  } as const;
  const api = { ...connection, forward_headers: TRACE_HEADERS, oauth2 };
  const backends = createBackends<Definitions>({ api, as: connection }, options);
  ends.push(() => backends.close({ timeout: 0 }));
  return backends;
}

/** Sends an inbound request with these headers, on whose behalf the call is made. */
async function inbound(
  backends: Backends<Definitions>,
  call: Call,
  headers: Record<string, string> = INBOUND,
  path = '/x',
): Promise<void> {
  routes.set(path, (request, response) => call(backends.for(requestContext(request, response)).api, request));
  const { port } = app.address() as AddressInfo;
  const failure = await new Promise<string>((resolve, reject) => {
    send({ port, path, headers, agent: false }, (response) => {
      response
        .setEncoding('utf8')
        .toArray()
        .then((texts) => resolve(texts.join('')), reject);
    }).end();
  });
  expect(failure).toBe('');
}

/** The headers of the API's requests, or of the token endpoint's. */
function arrivedAt({ requests }: Pick<UpstreamServer, 'requests'>, name = ''): IncomingHttpHeaders[] {
  return requests.flatMap(({ method, headers }) =>
    (method === 'POST') === (name === 'token request') ? [headers] : [],
  );
}

/** The spans of requests that were sent within the inbound one, and its own. */
function spans(path = '/x'): { server: ReadableSpan | undefined; sent: ReadableSpan[] } {
  const finished = exporter.getFinishedSpans();
  const server = finished.find(({ name }) => name === path);
  const id = server?.spanContext().spanId;
  return { server, sent: finished.filter(({ parentSpanContext }) => parentSpanContext?.spanId === id) };
}

const traceparent = (span: ReadableSpan | undefined) => `00-${TRACE}-${span?.spanContext().spanId}-01`;

describe('with the instrumentation', () => {
  it.each(each(calls))("%s over %s carries the instrumentation's headers, once each", async (name, version) => {
    const upstream = upstreams[version] as UpstreamServer;
    await inbound(shared[version] as Backends<Definitions>, calls[name] as Call);
    const parents = spans().sent.map(traceparent);
    const [headers, ...others] = arrivedAt(upstream, name);
    expect(others).toEqual([]);
    expect(parents).toContain(headers?.['traceparent']);
    expect(headers).toMatchObject({ tracestate: 'shop=1', baggage: 'user=ann' });
  });

  it.each(each(sends))("%s over %s takes them instead of the application's own", async (name, version) => {
    const upstream = upstreams[version] as UpstreamServer;
    const own = { traceparent: `00-${'1'.repeat(32)}-${'1'.repeat(16)}-01`, tracestate: 'own=1' };
    const call: Record<string, Call> = {
      forward(backend, request) {
        Object.assign(request.headers, own);
        return sends.forward(backend, request);
      },
      fetch: (backend) => backend.fetch('x', { headers: { TraceParent: own.traceparent, TraceState: own.tracestate } }),
      request: (backend) => backend.request('x', { headers: own }),
    };
    // The inbound request has no state, so the instrumentation writes none.
    await inbound(shared[version] as Backends<Definitions>, call[name] as Call, { traceparent: INBOUND.traceparent });
    const [headers] = arrivedAt(upstream);
    expect(spans().sent.map(traceparent)).toContain(headers?.['traceparent']);
    expect(headers).not.toHaveProperty('tracestate');
  });

  it.each(each(sends))("%s over %s carries the inbound's where the request is left out", async (name, version) => {
    const upstream = upstreams[version] as UpstreamServer;
    const backends = shared[version] as Backends<Definitions>;
    instrumentation.setConfig({ ignoreRequestHook: () => true });
    await inbound(backends, sends[name as 'fetch']);
    instrumentation.setConfig({});
    around = suppressTracing;
    await inbound(backends, sends[name as 'fetch']);
    expect(arrivedAt(upstream)).toEqual([expect.objectContaining(INBOUND), expect.objectContaining(INBOUND)]);
  });

  it.each(each(sends))('%s over %s carries B3 headers of one request', async (name, version) => {
    const upstream = upstreams[version] as UpstreamServer;
    const backends = shared[version] as Backends<Definitions>;
    propagate(new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }));
    await inbound(backends, sends[name as 'fetch'], B3);
    propagate(new B3Propagator());
    await inbound(backends, sends[name as 'fetch'], B3, '/y');
    const [many, one] = arrivedAt(upstream);
    const fields = ['x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled'].map((header) => many?.[header]);
    expect(spans().sent.map(traceparent)).toContain(`00-${fields.join('-').replace(/-1$/, '-01')}`);
    expect(many).not.toHaveProperty('x-b3-parentspanid');
    expect(spans('/y').sent.map(traceparent)).toContain(`00-${String(one?.['b3']).replace(/-1$/, '-01')}`);
    expect(Object.keys(one ?? {}).filter((header) => /b3/.test(header))).toEqual(['b3']);
  });

  it.each(VERSIONS)('carries one set over %s where two instrumentations write', async (version) => {
    const upstream = upstreams[version] as UpstreamServer;
    const second = new UndiciInstrumentation();
    ends.push(() => second.disable());
    second.setTracerProvider(provider);
    await inbound(shared[version] as Backends<Definitions>, sends.fetch);
    const [headers] = arrivedAt(upstream);
    expect(spans().sent.map(traceparent)).toContain(headers?.['traceparent']);
    expect(headers).toMatchObject({ tracestate: 'shop=1', baggage: 'user=ann' });
  });

  it.each(VERSIONS)('leaves one span a request over %s', async (version) => {
    const { origin } = upstreams[version] as UpstreamServer;
    await inbound(backendsAt(origin), sends.fetch);
    const { server, sent } = spans();
    expect(server?.spanContext().traceId).toBe(TRACE);
    expect(sent.map(({ attributes }) => [attributes['url.full'], attributes['http.response.status_code']])).toEqual([
      [`${origin}/token`, 200],
      [`${origin}/x`, 200],
    ]);
    expect(sent[1]?.attributes['network.protocol.version']).toBe(version === 'HTTP/2' ? '2' : '1.1');
  });

  it('leaves one span a request that falls back to HTTP/1.1', async () => {
    const server = createTlsServer(authority.server('localhost'), (request, response) => {
      requests.push({ method: String(request.method), headers: request.headers });
      response.end('{"access_token":"t","token_type":"Bearer"}');
    });
    const requests: { method: string; headers: IncomingHttpHeaders }[] = [];
    const { origin, close } = await listen(server);
    ends.push(close);
    await inbound(backendsAt(origin), sends.fetch);
    const { sent } = spans();
    expect(sent.map(({ attributes }) => attributes['url.full'])).toEqual([`${origin}/token`, `${origin}/x`]);
    expect(requests.map(({ headers }) => headers['traceparent'])).toEqual(sent.map(traceparent));
  });

  it.each(['http', 'https'])('leaves a span of a request that finds no connection over %s', async (scheme) => {
    const nowhere = `${scheme}://localhost:9`;
    await inbound(backendsAt(nowhere), (backend) => expect(backend.token()).rejects.toThrow());
    const [first] = spans().sent;
    expect(first?.attributes['url.full']).toBe(`${nowhere}/token`);
    expect(first?.status.code).toBe(SpanStatusCode.ERROR);
  });

  it.each([...Object.keys(sends), 'interceptor'])(
    'leaves a span for each sending where %s repeats a 401',
    async (name) => {
      const api = await apiServer();
      const as = await tokenServer();
      ends.push(api.close, as.close);
      const oauth2 = { grant_type: 'client_credentials', token_endpoint: as.url, client_id: 'a', client_secret: 'b' };
      const backends = createBackends({
        api: { origin: api.origin, oauth2, forward_headers: TRACE_HEADERS },
        as: { origin: as.origin },
      });
      const source = { token: (query: TokenQuery) => backends.get('api').token({ refused: query.refused }) };
      const interceptor = bearerInterceptor(bearer(source, { origin: api.origin }));
      const agent = new Agent({ connections: 1 }).compose(interceptor);
      ends.push(
        () => backends.close({ timeout: 0 }),
        () => agent.close(),
      );
      const composed: Call = async (_, { url = '' }) =>
        (await agent.request({ origin: api.origin, path: url, method: 'GET' })).body.text();
      const call = sends[name as 'fetch'] ?? composed;
      // This one opens the connection, in its own context.
      await inbound(backends, call, INBOUND, '/first');
      api.revoke(...as.issued);
      await inbound(backends, call, INBOUND, '/second');
      const sent = spans('/second').sent.filter(({ attributes }) => attributes['url.path'] === '/second');
      expect(sent.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([401, 200]);
      expect(api.requests.slice(1).map(({ headers }) => headers['traceparent'])).toEqual(sent.map(traceparent));
    },
  );

  it('makes the span a child of its own inbound request, though it had to wait for a connection', async () => {
    const api = await apiServer();
    ends.push(api.close);
    const backends = createBackends({
      api: { origin: api.origin, max_connections: 1, forward_headers: TRACE_HEADERS, oauth2: staticToken('t') },
      as: { origin: api.origin },
    });
    ends.push(() => backends.close({ timeout: 0 }));
    const answers = api.hold();
    const paths = ['/a', '/b', '/c'];
    const sent = paths.map((path) => {
      return inbound(backends, sends.fetch, { traceparent: INBOUND.traceparent }, path);
    });
    await api.arrived(1);
    answers();
    await Promise.all(sent);
    const parents = api.requests.map(({ url, headers }) => [url, headers['traceparent']]);
    expect(parents).toEqual(paths.map((path) => [path, spans(path).sent.map(traceparent)[0]]));
  });

  it.each(['at once', 'later'])('leaves one set where a given dispatcher makes the request %s', async (when) => {
    const { origin, requests } = upstreams['HTTP/1.1'] as UpstreamServer;
    const wait: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
      if (when === 'later') setImmediate(() => dispatch(options, handler));
      return when === 'later' || dispatch(options, handler);
    };
    const dispatcher = new Agent().compose(wait);
    ends.push(() => dispatcher.destroy());
    const backends = backendsAt(origin, { dispatcher });
    await inbound(backends, sends.fetch);
    expect(spans().sent.map(traceparent)).toContain(requests.at(-1)?.headers['traceparent']);
  });
});

describe('without it', () => {
  it.each(each(sends))("%s over %s carries the inbound's", async (name, version) => {
    const upstream = upstreams[version] as UpstreamServer;
    const backends = shared[version] as Backends<Definitions>;
    instrumentation.disable();
    await inbound(backends, sends[name as 'fetch'], { ...INBOUND, ...B3 });
    expect(arrivedAt(upstream)).toEqual([expect.objectContaining({ ...INBOUND, ...B3 })]);
    expect(spans().sent).toEqual([]);
  });

  it.each(VERSIONS)('starts and ends with it, on connections over %s that are open', async (version) => {
    const upstream = upstreams[version] as UpstreamServer;
    const backends = shared[version] as Backends<Definitions>;
    for (const turn of ['disable', 'enable', 'disable'] as const) {
      instrumentation[turn]();
      await inbound(backends, sends.fetch, INBOUND, `/${turn}`);
    }
    const sent = arrivedAt(upstream).map((headers) => headers['traceparent']);
    expect(sent).toEqual([INBOUND.traceparent, traceparent(spans('/enable').sent.at(-1)), INBOUND.traceparent]);
  });
});
