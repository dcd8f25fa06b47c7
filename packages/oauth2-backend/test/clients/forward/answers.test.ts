import { once } from 'node:events';
import { request as send } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RawServer, rawServer } from '../raw-server.js';
import { ask, type ForwardWorld, forwardWorld, raw } from './forward-world.js';

let world: ForwardWorld;
let servers: RawServer[];
beforeEach(async () => {
  servers = [];
  world = await forwardWorld();
});
afterEach(async () => {
  for (const server of servers) server.close();
  await world.close();
});

/** An application before a backend that writes this to its socket. */
const before = async (answer: string | ((head: string) => string), options = {}, changes = {}) => {
  const server = await rawServer(typeof answer === 'string' ? () => answer : answer);
  servers.push(server);
  return world.application(world.backend({ origin: server.origin, oauth2: false, ...changes }), options);
};

const headers = (text: string) =>
  text
    .split('\r\n\r\n')[0]
    ?.split('\r\n')
    .slice(1)
    .filter((line) => !/^(?:date|connection|keep-alive):/i.test(line));

describe('backend.forward(request): what the client gets', () => {
  it('is status, headers and body of the answer', async () => {
    world.api.next({ status: 299, headers: { 'x-list': ['1', '2'], 'content-type': 'x/y' }, body: 'hello' });
    const port = await world.application(world.backend());
    const got = await ask(port, '/x');
    expect(got).toMatchObject({ status: 299, body: 'hello', headers: { 'x-list': '1, 2', 'content-type': 'x/y' } });
  });

  it('has no headers of the connection, no cookies and no challenges', async () => {
    const port = await before(
      [
        'HTTP/1.1 403 No',
        'Connection: keep-alive, X-Named',
        'X-Named: 1',
        'Keep-Alive: timeout=5',
        'Proxy-Authenticate: Basic',
        'Proxy-Connection: x',
        'Upgrade: h2c',
        'Set-Cookie: a=b',
        'WWW-Authenticate: Bearer',
        'Alt-Svc: h3=":443"',
        'Clear-Site-Data: "*"',
        'X-Accel-Redirect: /etc/passwd',
        'X-Sendfile: /etc/passwd',
        'X-Lighttpd-Send-File: /etc/passwd',
        'X-Kept: 1',
        'X-Kept: 2',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
    const got = await raw(port, 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(headers(got)).toEqual(['x-kept: 1', 'x-kept: 2', 'content-length: 0']);
  });

  it('has them with passSetCookie and passChallenges', async () => {
    world.api.next({ status: 403, headers: { 'set-cookie': ['a=1', 'b=2'], 'www-authenticate': 'Bearer scope="x"' } });
    const port = await world.application(world.backend(), { passSetCookie: true, passChallenges: true });
    expect((await ask(port, '/x')).headers).toMatchObject({
      'set-cookie': ['a=1', 'b=2'],
      'www-authenticate': 'Bearer scope="x"',
    });
  });

  const WITHHELD = [
    'Access-Control-Allow-Origin',
    'Access-Control-Allow-Credentials',
    'CDN-Cache-Control',
    'Cloudflare-CDN-Cache-Control',
    'Edge-Control',
    'NEL',
    'Report-To',
    'Reporting-Endpoints',
    'Service-Worker-Allowed',
    'Set-Cookie2',
    'Strict-Transport-Security',
    'Surrogate-Control',
    'Surrogate-Key',
    'Timing-Allow-Origin',
    'X-Accel-Expires',
    'X-Accel-Limit-Rate',
  ];
  const ofFiles = ['X-Accel-Redirect', 'X-Sendfile', 'X-Sendfile-Type', 'X-Lighttpd-Send-File', 'X-Reproxy-URL'];

  it('has nothing that speaks for the whole origin, or to caches and servers in front, in headers or trailers', async () => {
    const lines = [...WITHHELD, ...ofFiles, 'X-Accel-Buffering'].map((name) => `${name}: 1\r\n`).join('');
    const port = await before(
      `HTTP/1.1 200 OK\r\n${lines}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n${lines}\r\n`,
    );
    const got = await raw(port, 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(headers(got)).toEqual(['x-accel-buffering: 1', 'Transfer-Encoding: chunked']);
    expect(got).toMatch(/\r\n0\r\nx-accel-buffering: 1\r\n\r\n$/);
  });

  it('has what passHeaders names exactly, in any case', async () => {
    const lines = WITHHELD.map((name) => `${name}: 1\r\n`).join('');
    const port = await before(`HTTP/1.1 200 OK\r\n${lines}Content-Length: 0\r\n\r\n`, {
      passHeaders: WITHHELD.map((name) => name.toUpperCase()),
    });
    const got = await raw(port, 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(headers(got)).toEqual([...WITHHELD.map((name) => `${name.toLowerCase()}: 1`), 'content-length: 0']);
  });

  it.each([
    ...ofFiles,
    'Set-Cookie',
    'WWW-Authenticate',
    'Connection',
    'Content-Length',
    'Transfer-Encoding',
    'Trailer',
    'Upgrade',
    'access-control-*',
    'a b',
  ])('passHeaders refuses %s', async (name) => {
    for (const each of [name, name.toLowerCase()]) {
      const forwarded = world.backend().forward({} as never, { passHeaders: ['nel', each] });
      await expect(forwarded).rejects.toMatchObject({
        code: 'ERR_OAUTH2_CONFIGURATION',
        problems: [{ path: 'passHeaders' }],
      });
    }
  });

  it('has its trailers, without those that would change the message', async () => {
    const trailers = 'X-Sum: 42\r\nSet-Cookie: a=b\r\nContent-Type: x/y\r\nX-Sendfile: /x\r\n';
    const port = await before(
      `HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n${trailers}\r\n`,
    );
    const got = await ask(port, '/x');
    expect(got).toMatchObject({ body: 'hello', headers: { trailer: 'X-Sum' }, trailers: { 'x-sum': '42' } });
    expect(Object.keys(got.trailers)).toEqual(['x-sum']);
    expect(await raw(port, 'GET /x HTTP/1.0\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\n\r\nhello$/);
  });

  it('has no trailer that its Connection names', async () => {
    const head = 'Connection: X-Hop\r\nConnection: keep-alive, x-other\r\nTransfer-Encoding: chunked';
    const port = await before(
      `HTTP/1.1 200 OK\r\n${head}\r\n\r\n5\r\nhello\r\n0\r\nX-Hop: 1\r\nX-Other: 1\r\nX-Sum: 42\r\n\r\n`,
    );
    const got = await ask(port, '/x');
    expect([got.body, Object.keys(got.trailers)]).toEqual(['hello', ['x-sum']]);
  });

  it.each([
    ['HEAD', 200, 'Content-Length: 500'],
    ['GET', 304, 'Content-Length: 500'],
    ['GET', 304, 'Trailer: X-Sum'],
    ['GET', 204, 'ETag: "x"'],
  ])('has no body for %s %i with %s', async (method, status, header) => {
    const port = await before(`HTTP/1.1 ${status} X\r\n${header}\r\n\r\n`);
    const got = await raw(port, `${method} /x HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(got).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*\r\n\r\n$`));
    if (!header.startsWith('Trailer')) expect(headers(got)?.join().toLowerCase()).toContain(header.toLowerCase());
  });

  it.each([
    ['204 No', 'Content-Length: 0', ''],
    ['205 No', 'Content-Length: 5', 'hello'],
    ['205 No', 'Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'],
  ])('has neither body nor its length for %s with %s', async (status, header, body) => {
    const port = await before(`HTTP/1.1 ${status}\r\n${header}\r\n\r\n${body}`);
    const got = await raw(port, 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(headers(got)).toEqual(status.startsWith('205') ? ['content-length: 0'] : []);
    expect(got).toMatch(/\r\n\r\n$/);
  });

  it('is 502 for a 407, which speaks to a proxy', async () => {
    const port = await before('HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno');
    expect(await ask(port, '/x')).toMatchObject({ status: 502, body: 'no' });
  });

  it('is the final answer, not an interim one', async () => {
    const port = await before(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    );
    expect(await ask(port, '/x')).toMatchObject({ status: 200, body: 'ok' });
  });

  it('is what a backend sends until it closes', async () => {
    const origin = await world.serve(({ socket }) => void socket.end('HTTP/1.0 200 OK\r\n\r\nhello'));
    const port = await world.application(world.backend({ origin }));
    expect((await ask(port, '/x')).body).toBe('hello');
  });
});

describe('backend.forward(request, { mount }): the Location', () => {
  const location = async (value: string, mount: string | undefined, path_prefix = '/v1') => {
    world.api.next({ status: 302, headers: { location: value } });
    const port = await world.application(world.backend({ path_prefix }), { mount });
    return (await ask(port, `${mount ?? ''}/a/b`)).headers.location;
  };

  it.each([
    ['/v1/x?y#z', '/api/billing/x?y#z'],
    ['c', '/api/billing/a/c'],
    ['?y', '/api/billing/a/b?y'],
    ['/v1', '/api/billing'],
    ['https://elsewhere.example/x', 'https://elsewhere.example/x'],
    ['http://', 'http://'],
  ])('%s becomes %s', async (value, wanted) => {
    expect(await location(value, '/api/billing')).toBe(wanted);
  });

  it('is mapped when it is absolute, and made absolute when it is outside', async () => {
    expect(await location(`${world.api.origin}/v1/x`, '/api')).toBe('/api/x');
    expect(await location('/login', '/api')).toBe(`${world.api.origin}/login`);
    expect(await location('/v1x', '/api')).toBe(`${world.api.origin}/v1x`);
  });

  it('never holds user info', async () => {
    const withUser = world.api.origin.replace('//', '//user:secret@');
    expect(await location(`${withUser}/v1/x`, '/api')).toBe('/api/x');
    expect(await location(`${withUser}/login`, '/api')).toBe(`${world.api.origin}/login`);
    expect(await location('https://user:secret@elsewhere.example/x', '/api')).toBe('https://elsewhere.example/x');
  });

  it('is mapped each time it comes', async () => {
    const locations = 'Location: /v1/a\r\nLocation: /v1/b\r\n';
    const port = await before(
      `HTTP/1.1 302 Found\r\n${locations}Content-Length: 0\r\n\r\n`,
      { mount: '/api' },
      { path_prefix: '/v1' },
    );
    const got = await raw(port, 'GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(headers(got)).toEqual(['location: /api/a', 'location: /api/b', 'content-length: 0']);
  });

  it('never names another host by accident', async () => {
    expect(await location('/v1//evil.example', undefined)).toBe(`${world.api.origin}/v1//evil.example`);
    expect(await location('/v1/\\evil.example', undefined)).toBe(`${world.api.origin}/v1//evil.example`);
  });

  describe.each([
    ['https://shop.example:81/api/billing/x?y#z', { 'x-forwarded-host': 'shop.example:81' }],
    ['https://shop.example/api/billing', { 'x-forwarded-host': 'shop.example:443, inner.example' }],
    ['http://SHOP.example/api/billing/\xc3\xa4', { 'x-forwarded-host': 'shop.example' }],
    ['/api/billing/x', {}],
  ])('with x-forwarded, %s', (value, headers) => {
    const answered = async (given: string, options: object, path_prefix = '/v1') => {
      world.api.next({ status: 302, headers: { location: given } });
      const port = await world.application(world.backend({ path_prefix }), { mount: '/api/billing', ...options });
      return (await ask(port, '/api/billing/a', { headers: { host: 'shop.example', ...headers } })).headers.location;
    };
    const trusting = { forwarded: 'x-forwarded', trustForwarded: true };

    it('is left alone', async () => {
      expect(await answered(value, trusting)).toBe(value);
    });

    it('is not where it is elsewhere, or holds user info', async () => {
      expect(await answered(value.replace('/billing', '/billingx'), trusting)).not.toMatch(/^\/api/);
      if (value.startsWith('/')) return;
      expect(await answered(value.replace('//', '//user:secret@'), trusting)).not.toContain('secret');
    });
  });

  it('below the mount and path_prefix is the one of the backend', async () => {
    expect(await location('/v1/x', '/v1')).toBe('/v1/x');
  });

  it('a request outside of the mount is answered 404', async () => {
    const port = await world.application(world.backend(), { mount: '/api' });
    for (const path of ['/apix', '/x', '/API/x', '/api#x']) {
      expect(await raw(port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)).toMatch(/^HTTP\/1.1 404 /);
    }
    expect(world.errors).toEqual([]);
    expect(world.api.requests).toHaveLength(0);
  });
});

describe('backend.forward(request) after a 401', () => {
  it.each([
    ['without a body', {}, ''],
    ['with a body of known length', { method: 'POST', body: 'hello' }, 'hello'],
    ['with a chunked body', { method: 'POST', body: ['hel', 'lo'] }, 'hello'],
  ])('repeats a request %s', async (_, asking, body) => {
    world.api.revoke('token-1');
    const port = await world.application(await world.acceptedBackend());
    expect((await ask(port, '/x', asking)).status).toBe(200);
    expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
    expect(world.api.requests.map((request) => request.body.toString())).toEqual([body, body]);
  });

  it.each([
    ['of known length', 'x'.repeat(101)],
    ['chunked', ['x'.repeat(60), 'x'.repeat(41)]],
  ])('gives the 401, without its challenge, for a body beyond replayLimit: %s', async (_, body) => {
    world.api.revoke('token-1');
    const port = await world.application(await world.acceptedBackend(), { replayLimit: 100 });
    const got = await ask(port, '/x', { method: 'POST', body });
    expect(got.status).toBe(401);
    expect(got.headers['www-authenticate']).toBeUndefined();
    expect(world.api.requests.map((request) => request.body.length)).toEqual([101]);
    await ask(port, '/x');
    expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
  });

  it('gives a 401 that no token cures', async () => {
    world.api.challenge = 'Bearer error="insufficient_scope"';
    world.api.revoke('token-1');
    const port = await world.application(world.backend());
    expect((await ask(port, '/x')).status).toBe(401);
    expect(world.api.requests).toHaveLength(1);
  });
});

describe('backend.forward(request) after a 401 that comes before the body has ended', () => {
  const refused = (challenge: string) => `HTTP/1.1 401 No\r\n${challenge}Content-Length: 2\r\n\r\nno`;

  it.each<[string, string, object, object]>([
    ['that no token cures', 'WWW-Authenticate: Bearer error="insufficient_scope"\r\n', {}, {}],
    ['without retries', '', { oauth2: { retries: 0 } }, {}],
    ['for a body that is kept so far', '', { oauth2: {} }, {}],
    ['for a body that is not kept', '', { oauth2: {} }, { replayLimit: 3 }],
    ['for a backend without a token', '', { oauth2: false }, {}],
  ])('gives one at once %s', async (_, challenge, changes, options) => {
    const port = await before(refused(challenge), options, { oauth2: {}, ...changes });
    const asked = send({ host: '127.0.0.1', port, method: 'POST', path: '/x', agent: false });
    asked.on('error', () => {});
    asked.write('hello');
    const [answer] = await once(asked, 'response');
    expect([answer.statusCode, answer.headers.connection]).toEqual([401, 'close']);
    asked.destroy();
  });
});

describe('backend.forward(request) when something breaks', () => {
  it('fails with 502 before the answer', async () => {
    world.api.next({ reset: true });
    const port = await world.application(world.backend());
    expect((await ask(port, '/x')).status).toBe(502);
    expect(world.errors[0]).toMatchObject({ statusCode: 502, expose: false });
  });

  it('fails with 504 when the answer takes too long', async () => {
    const release = world.api.hold();
    const port = await world.application(world.backend({ ttfb_timeout: '50ms' }));
    expect((await ask(port, '/x')).status).toBe(504);
    expect(world.errors[0]).toMatchObject({ name: 'TimeoutError', statusCode: 504 });
    release();
  });

  it.each([
    ['a length', 'Content-Length: 10'],
    ['chunks', 'Transfer-Encoding: chunked'],
  ])('closes the connection of the client in the middle of an answer with %s', async (_, header) => {
    const origin = await world.serve((request, response) => {
      request.socket.write(
        `HTTP/1.1 200 OK\r\n${header}\r\n\r\n${header.startsWith('T') ? '5\r\nhello\r\n' : 'hello'}`,
      );
      setTimeout(() => response.destroy(), 30);
    });
    const port = await world.application(world.backend({ origin }));
    await expect(ask(port, '/x')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(world.errors[0]).toMatchObject({ statusCode: 502 });
  });

  it('closes it when the time for all is over', async () => {
    const origin = await world.serve((_, response) => void response.write('hello'));
    const port = await world.application(world.backend({ origin, timeout: '80ms' }));
    await expect(ask(port, '/x')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(world.errors[0]).toMatchObject({ name: 'TimeoutError', statusCode: 504 });
  });

  it.each(['before', 'in'])('ends the request of a client that goes away %s the answer', async (when) => {
    const { promise, resolve } = deferred();
    const arrived = deferred();
    const origin = await world.serve((_, response) => {
      if (when === 'in') response.write('hello');
      response.once('close', resolve);
      arrived.resolve();
    });
    const port = await world.application(world.backend({ origin }));
    const asked = send({ host: '127.0.0.1', port, path: '/x', agent: false }).end();
    asked.on('error', () => {});
    await (when === 'in' ? once(asked, 'response') : arrived.promise);
    asked.destroy();
    await promise;
  });

  it('ends the request of a client that goes away in its body', async () => {
    const gone = deferred();
    const arrived = deferred();
    const origin = await world.serve((request) => {
      request.once('data', () => arrived.resolve());
      request.once('error', () => gone.resolve());
    });
    const port = await world.application(world.backend({ origin }));
    const asked = send({ host: '127.0.0.1', port, path: '/x', method: 'POST', agent: false });
    asked.on('error', () => {});
    asked.write('hello');
    await arrived.promise;
    asked.destroy();
    await gone.promise;
    expect(world.errors[0]).toMatchObject({ code: 'ERR_OAUTH2_CLIENT_CLOSED' });
  });

  it('gives an answer that comes before the body has ended, reads no more, and closes the connection', async () => {
    const origin = await world.serve((_, response) => void response.writeHead(413).end('no'));
    const port = await world.application(world.backend({ origin }), { replayLimit: 0 });
    const body = 'x'.repeat(300_000);
    const text = `POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length + 1}\r\n\r\n${body}`;
    expect(await raw(port, text)).toMatch(/^HTTP\/1.1 413 [\s\S]*\r\nconnection: close\r\n/i);
  });

  it.each([
    ['and closes', ''],
    ['and closes without a length', 'none'],
  ])('gives the answer of a backend that answers an upload of 8 MB at once %s', async (_, length) => {
    const head = `HTTP/1.1 413 Too Large\r\n${length === 'none' ? '' : 'Content-Length: 2\r\n'}Connection: close\r\n\r\n`;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      // Closed with unread bytes, it is reset.
      socket.once('data', () => socket.pause().write(`${head}no`, () => socket.destroy()));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const inbound: Socket[] = [];
    const backend = world.backend({ origin, oauth2: false });
    const port = await world.application(backend, {}, ({ socket }) => void inbound.push(socket));
    for (let count = 0; count < 10; count += 1) {
      const closed = connect(port, '127.0.0.1');
      closed.on('error', () => undefined);
      const size = 8 * 1024 * 1024;
      closed.write(`POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
      closed.write(Buffer.alloc(size));
      const chunks: Buffer[] = [];
      for await (const chunk of closed) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 413 [\s\S]*no/);
      expect(inbound[count]?.bytesRead).toBeLessThan(size / 2);
    }
    expect(world.errors).toEqual([]);
    server.close();
  });

  it('closing the backends ends what is under way', async () => {
    const origin = await world.serve((_, response) => void response.write('hello'));
    const backends = world.backends({ origin });
    const port = await world.application(backends.get('api'));
    const asked = ask(port, '/x');
    asked.catch(() => {});
    await world.as.arrived(1);
    await delay(50);
    await backends.close({ timeout: 0 });
    await expect(asked).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(world.errors[0]).toMatchObject({ code: 'ERR_OAUTH2_CLOSED' });
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
