import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuthorizationHeaderError, type BackendDefinition, createBackends, OriginError } from 'oauth2-backend';
import { type ClientWorld, clients, clientWorld, rejection } from './client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

const nothingSent = () => {
  expect(world.as.requests).toHaveLength(0);
  expect(world.api.requests).toHaveLength(0);
};

describe.each(clients)('$name: the target', ({ name, send }) => {
  it.each([
    ['invoices', '/v1/invoices'],
    ['/invoices', '/v1/invoices'],
    ['invoices/1?q=a%20b&q=c', '/v1/invoices/1?q=a%20b&q=c'],
    ['?q=1', '/v1?q=1'],
    ['', '/v1'],
    ['ä b', '/v1/%C3%A4%20b'],
    ['x#fragment', '/v1/x'],
  ])('%j means %s below path_prefix', async (input, url) => {
    await send(world.backend({ path_prefix: '/v1' }), input);
    expect(world.api.requests[0]?.url).toBe(url);
  });

  it.each([
    ['text', () => 'a'.repeat(65_537)],
    ['text that is encoded', () => 'ä'.repeat(20_000)],
    ['a query', () => `x?${'a'.repeat(65_536)}`],
    ['dots', () => '../'.repeat(300_000)],
    ['a whole URL', (origin: string) => `${origin}/v1/${'a'.repeat(65_536)}`],
    ['a URL', (origin: string) => new URL(`${origin}/v1/${'a'.repeat(65_536)}`)],
  ])('over 64 KiB is an OriginError and nothing is sent: %s', async (_, input) => {
    const error = await rejection(send(world.backend({ path_prefix: '/v1' }), input(world.api.origin)));
    expect(error).toBeInstanceOf(OriginError);
    expect(error).toMatchObject({ message: expect.stringMatching(/^.{0,250}: it is longer than 64 KiB$/) });
    nothingSent();
  });

  it('without path_prefix is below the origin', async () => {
    const backend = world.backend();
    await send(backend, 'invoices');
    await send(backend, '/invoices');
    expect(world.api.requests.map(({ url }) => url)).toEqual(['/invoices', '/invoices']);
  });

  it('may be an absolute URL, as text or URL, below origin and path_prefix', async () => {
    const backend = world.backend({ path_prefix: '/v1' });
    await send(backend, `${world.api.origin}/v1/a`);
    await send(backend, new URL(`${world.api.origin}/v1/b?c`));
    expect(world.api.requests.map(({ url }) => url)).toEqual(['/v1/a', '/v1/b?c']);
  });

  it.each([
    'https://elsewhere.example/v1/x',
    '//elsewhere.example/v1/x',
    '\\\\elsewhere.example/x',
    '/\\elsewhere.example/x',
    'https:///elsewhere.example',
    '../x',
    'a/../../x',
    'a/%2e%2e/%2e%2e/x',
    'a/..%2f..%2fx',
    '%252e%252e/x',
    '..;/x',
    'a\tb',
    'a\nb',
    'javascript:alert(1)',
  ])('%j is an OriginError and nothing is sent (104)', async (input) => {
    const error = await rejection(send(world.backend({ path_prefix: '/v1' }), input));
    expect(error).toBeInstanceOf(OriginError);
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_ORIGIN', statusCode: 500, expose: false });
    nothingSent();
  });

  it('below the origin but outside path_prefix, or with user info, is an OriginError', async () => {
    const backend = world.backend({ path_prefix: '/v1' });
    const { host } = new URL(world.api.origin);
    for (const input of [
      `${world.api.origin}/x`,
      new URL(`${world.api.origin}/v1x`),
      `http://u:p@${host}/v1/x`,
      `https://${host}/v1/x`,
    ]) {
      expect(await rejection(send(backend, input))).toBeInstanceOf(OriginError);
    }
    nothingSent();
  });

  it('of a backend without oauth2 is judged alike', async () => {
    const backend = world.backend({ oauth2: false });
    expect(await rejection(send(backend, 'https://elsewhere.example/'))).toBeInstanceOf(OriginError);
    nothingSent();
  });

  it.each(['Authorization', 'authorization', 'AUTHORIZATION', 'Host', 'hOST', 'Proxy-Authorization'])(
    'belongs to the backend: %s set by the caller is refused before any token request',
    async (header) => {
      const error = await rejection(send(world.backend(), 'x', { headers: { [header]: 'Bearer leaked' } }));
      expect(error).toBeInstanceOf(AuthorizationHeaderError);
      expect(error).toMatchObject({ code: 'ERR_OAUTH2_AUTHORIZATION_HEADER', statusCode: 500 });
      expect(error.message).not.toContain('leaked');
      nothingSent();
    },
  );

  it('may have an Authorization of the caller when the backend has no oauth2', async () => {
    await send(world.backend({ oauth2: false }), 'x', { headers: { Authorization: 'Bearer mine' } });
    expect(world.api.tokens()).toEqual(['mine']);
  });

  it('gets headers removed, set, then added', async () => {
    const backend = world.backend({
      remove_request_headers: ['X-Gone', 'X-Replaced-And-Gone', 'Accept-Encoding'],
      set_request_headers: { 'X-Set': 'backend', 'X-Both': 'set', 'X-List': ['a', 'b'], 'User-Agent': 'backend' },
      add_request_headers: { 'X-Both': 'added', 'X-Added': 'added', 'X-Gone': 'back' },
    });
    await send(backend, 'x', {
      headers: { 'x-gone': '1', 'x-set': 'mine', 'x-both': 'mine', 'x-added': 'mine', 'x-kept': '1' },
    });
    expect(world.api.requests[0]?.headers).toMatchObject({
      'x-gone': 'back',
      'x-set': 'backend',
      'x-both': 'set, added',
      'x-added': 'mine, added',
      'x-list': 'a, b',
      'x-kept': '1',
      'user-agent': 'backend',
    });
    expect(world.api.requests[0]?.headers).not.toHaveProperty('accept-encoding');
  });

  it(`carries the token in the Authorization header alone: ${name} (102)`, async () => {
    await send(world.backend(), 'x');
    const [request] = world.api.requests;
    expect(request?.headers.authorization).toBe('Bearer token-1');
    expect(JSON.stringify({ ...request?.headers, authorization: '', url: request?.url })).not.toContain('token-1');
  });
});

describe('fetch: Authorization', () => {
  const forms: readonly [string, () => NonNullable<RequestInit['headers']>][] = [
    ['Headers', () => new Headers({ authorization: 'x' })],
    ['pairs', () => [['Authorization', 'x']]],
    ['a Map', () => new Map([['Authorization', 'x']]) as never],
    ['a flat list', () => ['Authorization', 'x'] as never],
  ];
  it.each(forms)('is refused in %s', async (_, headers) => {
    const backend = world.backend();
    expect(await rejection(backend.fetch('x', { headers: headers() }))).toBeInstanceOf(AuthorizationHeaderError);
    nothingSent();
  });

  it('is refused in a Request', async () => {
    const request = new Request(`${world.api.origin}/x`, { headers: { authorization: 'x' } });
    expect(await rejection(world.backend().fetch(request))).toBeInstanceOf(AuthorizationHeaderError);
    nothingSent();
  });
});

describe('the token backend', () => {
  it('sends its own headers, inline', async () => {
    await world
      .backend({ oauth2: { backend: { set_request_headers: { 'User-Agent': 'mine', 'X-Tenant': 't' } } } })
      .token();
    expect(world.as.requests[0]?.headers).toMatchObject({
      'user-agent': 'mine',
      'x-tenant': 't',
      accept: 'application/json',
    });
  });

  it('by name serves its own callers as well', async () => {
    const backends = createBackends({
      as: { origin: world.as.origin, path_prefix: '/token', add_request_headers: { 'x-via': 'as' } },
      api: {
        origin: world.api.origin,
        oauth2: {
          grant_type: 'client_credentials',
          token_endpoint: '/',
          client_id: 'a',
          client_secret: 'b',
          backend: 'as',
        },
      },
    } satisfies Record<string, BackendDefinition>);
    await backends.get('api').fetch('x');
    await backends.get('as').fetch('', { method: 'POST' });
    expect(world.as.requests.map(({ url, headers }) => [url.replace(/\/$/, ''), headers['x-via']])).toEqual([
      ['/token', 'as'],
      ['/token', 'as'],
    ]);
    await backends.close();
  });
});
