import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createBackends } from 'oauth2-backend';
import { MockAgent } from 'undici';
import { ask, type ForwardWorld, forwardWorld, raw } from './forward-world.js';

let world: ForwardWorld;
beforeEach(async () => {
  world = await forwardWorld();
});
afterEach(() => world.close());

const seen = () => world.api.requests[0];

describe('backend.forward(request): what the backend sees', () => {
  it('is method, path, query, headers and body of the inbound request, with the token', async () => {
    const port = await world.application(world.backend({ path_prefix: '/v1' }));
    const got = await ask(port, '/invoices?b=2&a=%20', {
      method: 'PATCH',
      headers: { 'content-type': 'text/plain', 'x-list': ['1', '2'] },
      body: 'hello',
    });
    expect(JSON.parse(got.body)).toEqual({ method: 'PATCH', url: '/v1/invoices?b=2&a=%20', token: 'token-1' });
    expect(seen()?.headers).toEqual({
      host: new URL(world.api.origin).host,
      connection: 'keep-alive',
      'content-type': 'text/plain',
      'content-length': '5',
      'x-list': '1, 2',
      authorization: 'Bearer token-1',
    });
    expect(seen()?.body.toString()).toBe('hello');
  });

  it("has none of the client's credentials, of its connection's headers, or of what only a proxy may say", async () => {
    const port = await world.application(world.backend());
    await ask(port, '/x', {
      headers: {
        Authorization: 'Bearer mine',
        Cookie: 'a=b',
        'Proxy-Authorization': 'Basic x',
        'Proxy-Anything': 'x',
        Connection: 'keep-alive, X-Named, x-other',
        'X-Named': 'x',
        'X-OTHER': 'x',
        'Keep-Alive': 'timeout=1',
        TE: 'gzip, trailers;q=0.5',
        Expect: '100-continue',
        Upgrade: 'h2c',
        'X-Forwarded-For': '9.9.9.9',
        'X-Forwarded-Anything': 'x',
        'X-Real-IP': '9.9.9.9',
        Forwarded: 'for=9.9.9.9',
        'X-Forwarded': 'for=9.9.9.9',
        'Client-IP': '9.9.9.9',
        'True-Client-IP': '9.9.9.9',
        'X-Client-IP': '9.9.9.9',
        'X-Cluster-Client-IP': '9.9.9.9',
        X_Forwarded_For: '9.9.9.9',
        Proxy: 'http://evil.example',
        'X-Original-URL': '/admin',
        'X-Rewrite-URL': '/admin',
        'X-Kept': 'kept',
      },
    });
    const { host, ...others } = seen()?.headers ?? {};
    expect(host).toBe(new URL(world.api.origin).host);
    expect(others).toEqual({
      connection: 'keep-alive',
      te: 'trailers',
      'x-kept': 'kept',
      authorization: 'Bearer token-1',
    });
  });

  /** What the backend sees where a middleware changes `request.headers`. */
  const touched = async (change: (headers: IncomingHttpHeaders) => void, lines: string) => {
    const port = await world.application(world.backend(), {}, ({ headers }) => change(headers));
    await raw(port, `GET /x HTTP/1.1\r\nHost: a\r\n${lines}\r\n\r\n`);
    const { host: _, connection: __, authorization: ___, ...others } = world.api.requests.at(-1)?.headers ?? {};
    return others;
  };

  it('has no header that the application deleted', async () => {
    const deleted = touched((headers) => delete headers['x-role'], 'X-Role: admin\r\nX-Role: root\r\nX-A: 1');
    expect(await deleted).toEqual({ 'x-a': '1' });
  });

  it.each<[string, string | string[] | number | undefined, string, object]>([
    ["instead of the client's", 'alice', 'X-User: mallory', { 'x-user': 'alice' }],
    ['that the client does not send', 'alice', 'X-A: 1', { 'x-user': 'alice', 'x-a': '1' }],
    ['that the client names in Connection', 'alice', 'X-User: x\r\nConnection: X-User', { 'x-user': 'alice' }],
    ['that the client sends by a look-alike', 'alice', 'X_User: x\r\nX.User: y', { 'x-user': 'alice' }],
    ['as a list', ['a', 'b'], 'X-User: x', { 'x-user': 'a, b' }],
    ['as a number', 7, 'X-User: x', { 'x-user': '7' }],
    ['to undefined', undefined, 'X-User: x', {}],
  ])('has the header that the application sets %s', async (_, value, lines, wanted) => {
    expect(await touched((headers) => Object.assign(headers, { 'x-user': value }), lines)).toEqual(wanted);
    expect(await touched((headers) => Object.assign(headers, { 'X-User': value, 'x-user': value }), lines)).toEqual(
      wanted,
    );
  });

  it('has what framing, Host and credentials came as, whatever the application sets them to', async () => {
    const set = { host: 'evil.example', 'content-length': '5', 'transfer-encoding': 'chunked', connection: 'x-a' };
    const withheld = { cookie: 'a=b', 'x-forwarded-for': '9.9.9.9', te: 'gzip', upgrade: 'x', 'keep-alive': '1' };
    expect(await touched((headers) => Object.assign(headers, set, withheld), 'X-A: 1')).toEqual({ 'x-a': '1' });
    expect(seen()?.headers).toMatchObject({ host: new URL(world.api.origin).host, authorization: 'Bearer token-1' });
  });

  it('is one where Node keeps the first of two', async () => {
    expect(await touched(() => {}, 'Content-Type: a/b\r\nContent-Type: c/d')).toEqual({ 'content-type': 'a/b' });
  });

  it("has the backend's own header and query changes", async () => {
    const port = await world.application(
      world.backend({
        hostname: 'billing.local',
        set_request_headers: { 'x-a': 'ours' },
        add_query_params: { key: '1' },
      }),
    );
    await ask(port, '/x?y', { headers: { 'x-a': 'theirs' } });
    expect(seen()).toMatchObject({ url: '/x?y&key=1', headers: { host: 'billing.local', 'x-a': 'ours' } });
  });

  it.each(['set', 'add'])(
    'has what functions of %s_… give, and nothing that the client sent by these names',
    async (way) => {
      for (const user of ['alice', undefined]) {
        const port = await world.application(
          world.backend({
            [`${way}_request_headers`]: { 'X-User': () => user },
            [`${way}_query_params`]: { user: async () => user },
            forward_headers: ['x-user'],
          }),
        );
        await ask(port, '/x?user=mallory&y&%75ser=m', {
          headers: { 'x-user': 'mallory', x_user: 'mallory', 'X.USER': 'm' },
        });
        const { url, headers } = world.api.requests.at(-1) ?? { headers: {} };
        expect(url).toBe(user ? '/x?y&user=alice' : '/x?y');
        expect(Object.entries(headers).filter(([name]) => /x.user/.test(name))).toEqual(user ? [['x-user', user]] : []);
      }
    },
  );

  it('has basic_auth, not what the client sent, where there is no token', async () => {
    const port = await world.application(world.backend({ oauth2: false, basic_auth: 'a:b' }));
    await ask(port, '/x', { headers: { authorization: 'Bearer mine' } });
    expect(seen()?.headers.authorization).toBe('Basic YTpi');
  });

  it.each([
    ['http://evil.example/x?y', '/v1/x?y'],
    ['http://evil.example?y', '/v1/?y'],
    ['HTTPS://[::1]:8443/x', '/v1/x'],
    ['/a//b', '/v1/a//b'],
    ['//evil.example/x', '/v1//evil.example/x'],
    ['//', '/v1//'],
    ['/a:b', '/v1/a:b'],
    ['/', '/v1/'],
  ])('is below the prefix for %s', async (path, url) => {
    const port = await world.application(world.backend({ path_prefix: '/v1' }));
    await ask(port, path);
    expect(seen()?.url).toBe(url);
  });

  it.each(["/a'b|{c}\"?d='%27\\%61|", '/a%20b%2Fc?d=%41', '/?', "/?'"])('is to the letter for %s', async (path) => {
    const port = await world.application(world.backend());
    await raw(port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(seen()?.url).toBe(path);
  });

  it('has the host of a whole URL, not of Host, as X-Forwarded-Host', async () => {
    const port = await world.application(world.backend(), { forwarded: 'x-forwarded' });
    await raw(port, 'GET http://shop.example:81/x HTTP/1.1\r\nHost: other.example\r\n\r\n');
    expect(seen()?.headers).toMatchObject({ 'x-forwarded-host': 'shop.example:81' });
  });

  it.each([
    ['POST', ''],
    ['GET', undefined],
  ])('is a %s without a body', async (method, body) => {
    const port = await world.application(world.backend());
    await ask(port, '/x', { method, ...(body !== undefined && { body }) });
    expect(seen()?.headers['transfer-encoding']).toBeUndefined();
    expect(seen()?.headers['content-length']).toBe(method === 'POST' ? '0' : undefined);
  });

  it('is nothing when there is no token', async () => {
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    const port = await world.application(world.backend());
    expect((await ask(port, '/x', { method: 'POST', body: 'x' })).status).toBe(502);
    expect(world.api.requests).toHaveLength(0);
  });

  it('may be a mock', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    agent
      .get('https://billing.example')
      .intercept({ path: '/x', method: 'POST' })
      .reply(201, 'made', { headers: { 'x-a': '1' } });
    const backends = createBackends({ billing: { origin: 'https://billing.example' } }, { dispatcher: agent });
    const port = await world.application(backends.get('billing'));
    const got = await ask(port, '/x', { method: 'POST', body: 'hi' });
    expect(got).toMatchObject({ status: 201, body: 'made', headers: { 'x-a': '1' } });
    await backends.close();
    await agent.close();
  });
});

describe('backend.forward(request, { via, forwarded })', () => {
  const from = async (options: object, headers = {}) => {
    const port = await world.application(world.backend(), options);
    await ask(port, '/x', { headers: { host: 'shop.example:80', ...headers } });
    return seen()?.headers;
  };

  it('via adds a hop to those that came in', async () => {
    expect(await from({ via: 'shop' }, { via: '1.0 edge' })).toMatchObject({ via: '1.0 edge, 1.1 shop' });
  });

  it('x-forwarded replaces what came in', async () => {
    const headers = await from({ forwarded: 'x-forwarded' }, { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-port': '1' });
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'shop.example:80',
      'x-forwarded-proto': 'http',
    });
    expect(headers).not.toHaveProperty('x-forwarded-port');
  });

  it.each<[object, string | undefined, string | undefined]>([
    [{}, undefined, '/api/billing'],
    [{}, '/evil', '/api/billing'],
    [{ trustForwarded: true }, '/edge', '/edge/api/billing'],
    [{ trustForwarded: true }, '/a/, /b', '/a/b/api/billing'],
    [{ trustForwarded: true, mount: '' }, '/edge', '/edge'],
    [{ mount: '' }, '/edge', undefined],
    [{ forwarded: 'forwarded' }, '/edge', undefined],
  ])('names the mount with %j where %s came in: %s', async (options, came, wanted) => {
    const all = { forwarded: 'x-forwarded', mount: '/api/billing', ...options } as const;
    const port = await world.application(world.backend(), all);
    await ask(port, '/api/billing/x', { headers: came === undefined ? {} : { 'x-forwarded-prefix': came } });
    expect(seen()?.headers['x-forwarded-prefix']).toBe(wanted);
  });

  it('forwarded replaces what came in', async () => {
    expect(await from({ forwarded: 'forwarded' }, { forwarded: 'for=9.9.9.9' })).toMatchObject({
      forwarded: 'for=127.0.0.1;host="shop.example:80";proto=http',
    });
  });

  it('trustForwarded adds to what came in', async () => {
    const came = { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'edge.example' };
    expect(await from({ forwarded: 'x-forwarded', trustForwarded: true }, came)).toMatchObject({
      ...came,
      'x-forwarded-for': '9.9.9.9, 127.0.0.1',
    });
  });

  it('trustForwarded alone passes on what came in', async () => {
    expect(await from({ trustForwarded: true }, { forwarded: 'for=9.9.9.9' })).toMatchObject({
      forwarded: 'for=9.9.9.9',
    });
  });
});

describe('backend.forward(request) refuses', () => {
  const head = (line: string, ...headers: string[]) => [line, 'Host: a', ...headers, '', ''].join('\r\n');

  it.each([
    ['both lengths', head('POST /x HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked'), '0\r\n\r\n'],
    ['two lengths', head('POST /x HTTP/1.1', 'Content-Length: 5', 'Content-Length: 5'), 'hello'],
    ['a coding after chunked', head('POST /x HTTP/1.1', 'Transfer-Encoding: chunked, gzip'), '0\r\n\r\n'],
    ['a coding before chunked', head('POST /x HTTP/1.1', 'Transfer-Encoding: gzip, chunked'), '0\r\n\r\n'],
    ['an unknown coding', head('POST /x HTTP/1.1', 'Transfer-Encoding: xchunked'), '0\r\n\r\n'],
    [
      'chunked twice',
      head('POST /x HTTP/1.1', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
      '0\r\n\r\n',
    ],
    ['chunked in HTTP/1.0', head('POST /x HTTP/1.0', 'Transfer-Encoding: chunked'), '0\r\n\r\n'],
    ['two hosts', head('GET /x HTTP/1.1', 'Host: b'), ''],
  ])('%s: 400 or a closed connection', async (_, text, body) => {
    const port = await world.application(world.backend());
    const got = await raw(port, text + body);
    expect(got).toMatch(/^HTTP\/1.1 400 |^$/);
    expect(world.api.requests).toHaveLength(0);
    expect(world.as.requests).toHaveLength(0);
  });

  it.each([
    ['an upgrade', head('GET /x HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket'), 501],
    ['TRACE', head('TRACE /x HTTP/1.1'), 501],
    ['OPTIONS *', head('OPTIONS * HTTP/1.1'), 400],
    ['dot segments', head('GET /a/%2e%2e/x HTTP/1.1'), 400],
    ['an encoded letter', head('GET /%61dmin HTTP/1.1'), 400],
    ['an encoded digit', head('GET /v%31 HTTP/1.1'), 400],
    ['white space behind a name', head('POST /x HTTP/1.1', 'Transfer-Encoding : chunked'), 400],
    ['a fragment', head('GET /x#y HTTP/1.1'), 400],
    ['a backslash', head('GET /\\evil.example HTTP/1.1'), 400],
    ['bytes that are no ASCII', head('GET /\xe9 HTTP/1.1'), 400],
  ])('%s', async (_, text, status) => {
    const port = await world.application(world.backend());
    expect(await raw(port, text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(world.api.requests).toHaveLength(0);
  });

  it.each([
    'http://h;/admin/x',
    "http://h'/admin/x",
    'http://h%2f/admin/x',
    'http://h::/admin/x',
    'http://h:/x',
    'http://u@h/x',
    'http:///x',
    'http://[::1/x',
    'http://[x]/x',
    'http://h:123456/x',
    'http://h\\x',
    "http://h/x'y",
    'http://h/x#y',
    'ws://h/x',
    'x:/y',
  ])('the whole URL %s, which others read otherwise', async (target) => {
    const port = await world.application(world.backend());
    expect(await raw(port, head(`GET ${target} HTTP/1.1`))).toMatch(/^HTTP\/1.1 400 /);
    expect(world.api.requests).toHaveLength(0);
  });

  it('methods that are not allowed, with those that are', async () => {
    const port = await world.application(world.backend(), { methods: ['GET', 'HEAD'] });
    expect(await ask(port, '/x', { method: 'DELETE' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    expect((await ask(port, '/x')).status).toBe(200);
    expect(world.api.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('methods that stand in a header, where not all are allowed', async () => {
    const headers = { 'x-http-method-override': 'DELETE', 'x-http-method': 'DELETE', 'x-method-override': 'DELETE' };
    for (const options of [{ methods: ['GET'] }, {}]) {
      const port = await world.application(world.backend(), options);
      expect((await ask(port, '/x', { headers })).status).toBe(200);
    }
    const [some, all] = world.api.requests.map((request) => Object.keys(request.headers));
    expect(some?.filter((name) => name in headers)).toEqual([]);
    expect(all).toEqual(expect.arrayContaining(Object.keys(headers)));
  });

  it('a body that was read before, and says what to do', async () => {
    const port = await world.application(world.backend(), {}, async (request) => {
      for await (const _ of request);
    });
    expect((await ask(port, '/x', { method: 'POST', body: 'x' })).status).toBe(500);
    expect(world.errors[0]).toMatchObject({ message: expect.stringContaining('before body parsers') });
    expect((await ask(port, '/x')).status).toBe(200);
    expect(world.api.requests).toHaveLength(1);
  });

  it('options that it does not know or cannot use, all at once', async () => {
    const wrong = { methods: [], replayLimit: -1, via: 'a b', forwarded: true, mount: 'x', passsetcookie: true };
    const port = await world.application(world.backend(), wrong as never);
    expect((await ask(port, '/x')).status).toBe(500);
    const { problems } = world.errors[0] as { problems: { path: string; message: string }[] };
    expect(problems.map(({ path }) => path)).toEqual(Object.keys(wrong));
    expect(problems.at(-1)?.message).toContain('"passSetCookie"');
  });
});
