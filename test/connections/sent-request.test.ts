import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createBackends } from 'oauth2-backend';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
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

describe.each(ways)('query modifiers, $name', (way) => {
  it.each([
    ['things?a=%7E&b&a=2', { remove_query_params: ['b'] }, '/things?a=%7E&a=2'],
    ['things?a=1&b=2', { set_query_params: { a: 'ä &' } }, '/things?b=2&a=%C3%A4+%26'],
    ['things?a=1', { add_query_params: { a: ['2', '3'] } }, '/things?a=1&a=2&a=3'],
    ['things', { add_query_params: { a: '1' } }, '/things?a=1'],
    ['things?a=1', { remove_query_params: ['a'] }, '/things'],
    [
      'things?x=0&a=1',
      { remove_query_params: ['x'], set_query_params: { a: '2' }, add_query_params: { x: '3' } },
      '/things?a=2&x=3',
    ],
  ])('%s with %j', async (path, modifiers, url) => {
    await way.open({ origin: origin(), ...modifiers }, path).send();
    expect(last()?.url).toBe(url);
  });
});

describe.each(ways)('basic_auth, $name', (way) => {
  it('is sent as UTF-8', async () => {
    await way.open({ origin: origin(), basic_auth: 'ann:pä:ss' }).send();
    expect(last()?.headers.authorization).toBe(`Basic ${Buffer.from('ann:pä:ss').toString('base64')}`);
  });
});

describe('basic_auth', () => {
  it("gives way to a caller's own Authorization", async () => {
    const backends = createBackends({ api: { origin: origin(), basic_auth: 'ann:secret' } });
    const headers = { Authorization: 'Own 1' };
    await backends.get('api').got('x', { headers });
    expect(last()?.headers.authorization).toBe('Own 1');
    await backends.get('api').fetch('x', { headers });
    expect(last()?.headers.authorization).toBe('Own 1');
    await backends.close();
  });
});

describe('a token backend by name', () => {
  let as: TokenServer;
  beforeEach(async () => {
    as = await tokenServer();
  });
  afterEach(() => as.close());

  it('has its path_prefix before the token endpoint, and its own headers', async () => {
    const backends = createBackends({
      as: {
        origin: as.origin,
        path_prefix: '/tenant',
        set_request_headers: { Accept: 'application/jwt', 'X-Gate': '1' },
      },
      api: {
        origin: origin(),
        oauth2: {
          grant_type: 'client_credentials',
          token_endpoint: '/token',
          client_id: 'shop',
          client_secret: 's',
          backend: 'as',
        },
      },
    });
    await backends.get('api').token();
    expect(as.requests[0]).toMatchObject({
      url: '/tenant/token',
      headers: { accept: 'application/jwt', 'x-gate': '1', 'user-agent': 'oauth2-backend' },
    });
    await backends.close();
  });
});
