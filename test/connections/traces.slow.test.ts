/** Traces of whole applications, in processes of their own: OpenTelemetry changes Node's modules. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { type RunningExample, runExample } from '../examples/run-example.js';
import { type UpstreamServer, upstreamServer } from './upstream-server.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SENDER = 'b7ad6b7169203331';
const INBOUND = { traceparent: `00-${TRACE}-${SENDER}-01`, tracestate: 'shop=1', baggage: 'user=ann' };
const CALLS = ['forward', 'fetch', 'request', 'got', 'got.stream'];
const FRAMEWORKS = ['Express', 'Koa'];

interface Span {
  readonly id: string;
  readonly trace: string;
  readonly parent: string | undefined;
}

const authority = certificateAuthority();
const upstreams: Record<string, UpstreamServer> = {};
let app: RunningExample;
let ports: string[];

beforeAll(async () => {
  upstreams['http1'] = await upstreamServer();
  upstreams['http2'] = await upstreamServer({ tls: authority.server('localhost'), http2: true });
});
afterAll(() => Promise.all(Object.values(upstreams).map((upstream) => upstream.close())));

async function start(traced: string): Promise<void> {
  const origins = { HTTP1: upstreams['http1']?.origin ?? '', HTTP2: upstreams['http2']?.origin ?? '' };
  const env = { ...origins, CA: authority.ca, TRACED: traced };
  app = runExample(new URL('fixtures/traced-app.js', import.meta.url), { env });
  const [, listening = ''] = await app.printed(/listening at (.*)\./);
  ports = listening.split(' ');
}

async function get(framework: string, path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${ports[FRAMEWORKS.indexOf(framework)]}${path}`, { headers: INBOUND });
  expect(response.status).toBe(200);
  return response.json();
}

/** Makes a call on behalf of an inbound request; gives what reached the API. */
async function arrivedBy(framework: string, call: string, member: string) {
  const { requests } = upstreams[member] as UpstreamServer;
  const before = requests.length;
  await get(framework, `/${call}/${member}/x`);
  expect(requests).toHaveLength(before + 1);
  const { traceparent, tracestate, baggage } = requests.at(-1)?.headers ?? {};
  return { traceparent, tracestate, baggage };
}

const cases = FRAMEWORKS.flatMap((framework) =>
  CALLS.flatMap((call) => ['http1', 'http2'].map((member) => [framework, call, member] as const)),
).filter(([, call, member]) => member === 'http1' || !call.startsWith('got'));

describe('with OpenTelemetry', () => {
  beforeAll(() => start('on'));
  afterAll(() => app.kill('SIGKILL'));

  it.each(cases)(
    '%s, %s, %s: the API is below the inbound request, and that below its sender',
    async (...[framework, call, member]) => {
      const { traceparent, ...others } = await arrivedBy(framework, call, member);
      expect(others).toEqual({ tracestate: INBOUND.tracestate, baggage: INBOUND.baggage });
      const spans = (await get(framework, '/spans')) as Span[];
      const sent = spans.find(({ id }) => traceparent === `00-${TRACE}-${id}-01`);
      const server = spans.find(({ id }) => id === sent?.parent);
      expect(server).toMatchObject({ trace: TRACE, parent: SENDER });
    },
  );
});

describe('with OpenTelemetry later', () => {
  beforeAll(() => start('later'));
  afterAll(() => app.kill('SIGKILL'));

  it.each(cases)("%s, %s, %s: the API first sees the inbound request's own", async (...given) => {
    expect(await arrivedBy(...given)).toEqual(INBOUND);
  });

  it('and then those of the applications', async () => {
    await get('Koa', '/trace');
    for (const given of cases) {
      const { traceparent, ...others } = await arrivedBy(...given);
      expect(others).toEqual({ tracestate: INBOUND.tracestate, baggage: INBOUND.baggage });
      const spans = (await get('Koa', '/spans')) as Span[];
      expect(spans.map(({ id }) => `00-${TRACE}-${id}-01`)).toContain(traceparent);
    }
  });
});
