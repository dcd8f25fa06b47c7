/** Values of headers and query parameters that functions give, in every way. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Backend,
  type BackendDefinition,
  createBackends,
  type RequestContext,
  requestContext,
} from 'oauth2-backend';
import { type UpstreamServer, upstreamServer } from './upstream-server.js';
import { closeWays, ways } from './ways.js';

let server: UpstreamServer;
beforeAll(async () => {
  server = await upstreamServer();
});
afterAll(() => server.close());
afterEach(closeWays);

const origin = () => `http://127.0.0.1:${server.port}`;
const last = () => server.requests.at(-1);

describe.each(ways)('functions as values, $name', (way) => {
  it('give headers and parameters, async or not, one or several, in their order', async () => {
    const definition: BackendDefinition = {
      origin: origin(),
      set_request_headers: { 'x-set': () => 'one', 'x-plain': 'plain', 'x-none': () => undefined },
      add_request_headers: { 'X-Add': async () => ['two', 'three'] },
      set_query_params: { a: async () => 'ä&', b: '2', c: () => undefined },
      add_query_params: { a: () => ['3', '4'], d: () => [] },
    };
    await way.open(definition, 'things?a=0&c=1&z=9').send();
    const { headers, url } = last() ?? {};
    expect(headers).toMatchObject({ 'x-set': 'one', 'x-plain': 'plain', 'x-add': 'two, three' });
    expect(headers).not.toHaveProperty('x-none');
    expect(url).toBe('/things?z=9&a=%C3%A4%26&b=2&a=3&a=4');
  });

  it('get no context where there is no inbound request, and are called once a call', async () => {
    const seen: unknown[] = [];
    const one = way.open({ origin: origin(), set_request_headers: { 'x-a': (context) => String(seen.push(context)) } });
    await one.send();
    await one.send();
    expect(seen).toEqual([undefined, undefined]);
    expect(last()?.headers).toMatchObject({ 'x-a': '2' });
  });

  it.each<[string, () => unknown]>([
    ['a number', () => 7],
    ['text that cannot be sent', () => 'secret\r\nx: y'],
    ['null', async () => null],
    ['an object', () => ['a', {}]],
  ])('fail the call, and say so, for %s', async (what, give) => {
    const before = server.requests.length;
    const set_request_headers = { 'x-user': give as () => string };
    const error = await way
      .open({ origin: origin(), set_request_headers })
      .send()
      .catch((reason: unknown) => reason);
    const problem = (error as { cause?: unknown }).cause ?? error;
    expect(String(problem)).toContain(`set_request_headers.x-user: its function must give a string`);
    expect(String(problem)).toMatch(new RegExp(`it gave ${what}$`));
    expect(server.requests).toHaveLength(before);
  });
});

/** How each client is called on behalf of an inbound request. */
const clients: [string, (backend: Backend) => Promise<unknown>][] = [
  ['got', (backend) => backend.got('things', { headers: { 'x-user': 'own' } })],
  ['fetch', (backend) => backend.fetch('things', { headers: { 'x-user': 'own' } }).then((answer) => answer.text())],
  ['request', async (backend) => (await backend.request('things', { headers: { 'x-user': 'own' } })).body.text()],
];

describe.each(clients)('functions as values, %s on behalf of an inbound request', (_, call) => {
  const inbound = { user: { id: 'alice' }, headers: { 'x-user': 'mallory' } };
  const context = requestContext(
    inbound as never,
    new (class {
      on() {}
    })() as never,
    inbound,
  );
  const user = (given?: RequestContext) => given?.inbound.user.id as string | undefined;
  const ask = async (definition: Partial<BackendDefinition>) => {
    const backends = createBackends({ api: { origin: origin(), ...definition } });
    try {
      await call(backends.for(context).api);
    } finally {
      await backends.close();
    }
    return last()?.headers;
  };

  it('get its context', async () => {
    expect(await ask({ set_request_headers: { 'x-user': user } })).toMatchObject({ 'x-user': 'alice' });
    expect(await ask({ add_request_headers: { 'x-user': user } })).toMatchObject({ 'x-user': 'own, alice' });
  });

  it('keep out what forward_headers would lend', async () => {
    const nobody = { 'x-user': () => undefined };
    const lent = { forward_headers: ['x-user'] };
    expect(await ask({ ...lent, set_request_headers: nobody })).not.toHaveProperty('x-user');
    expect(await ask({ ...lent, add_request_headers: nobody })).toMatchObject({ 'x-user': 'own' });
  });

  it('reject the call with what they throw', async () => {
    const thrown = Object.assign(new Error('who?'), { statusCode: 403 });
    const definition = { set_request_headers: { 'x-user': () => Promise.reject(thrown) } };
    await expect(ask(definition)).rejects.toBe(thrown);
    expect(thrown.statusCode).toBe(403);
  });
});

it('a function that never answers ends with the timeout of the call', async () => {
  const never = { set_request_headers: { 'x-user': () => new Promise<string>(() => {}) } };
  const backends = createBackends({ api: { origin: origin(), timeout: '50ms', ...never } });
  await expect(backends.get('api').fetch('things')).rejects.toMatchObject({ name: 'TimeoutError', statusCode: 504 });
  await backends.close();
});
