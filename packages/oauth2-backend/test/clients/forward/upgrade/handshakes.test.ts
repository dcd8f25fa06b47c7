import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ACCEPT,
  deferred,
  head,
  KEY,
  message,
  open,
  refusal,
  reply,
  type SocketWorld,
  socketWorld,
} from './socket-world.js';

let world: SocketWorld;
beforeEach(async () => {
  world = await socketWorld();
});
afterEach(() => world.close());

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]);
const nothingSent = () => {
  expect(world.api.requests).toHaveLength(0);
  expect(world.as.requests).toHaveLength(0);
};

describe('backends.upgrade(name, { authorize })', () => {
  it.each<[string, () => unknown]>([
    ['false', () => false],
    ['nothing', () => undefined],
    ['null', () => null],
    ['text', () => 'yes'],
    ['1', () => 1],
    ['a function', () => () => true],
    ['a promise of false', async () => false],
    ['a promise of nothing', async () => {}],
  ])('that gives %s is 403, and nothing is sent', async (_, authorize) => {
    const { status, body, headers } = await refusal(await world.application(undefined, { authorize }));
    expect([status, body, headers.connection]).toEqual([403, 'Forbidden\n', 'close']);
    expect(world.errors).toEqual([]);
    nothingSent();
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no such user: the-secret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no such user: the-secret'))],
  ])('that %s is 403 without a word of it; onError is told', async (_, authorize) => {
    const { status, body } = await refusal(await world.application(undefined, { authorize }));
    expect([status, body]).toEqual([403, 'Forbidden\n']);
    expect(world.errors).toMatchObject([{ message: 'no such user: the-secret' }]);
    nothingSent();
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('the log is full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the log is full'))],
  ])('ends nothing by an onError that %s, which is told once', async (_, fail) => {
    const told: unknown[] = [];
    const authorize = () => Promise.reject(new Error('no such user'));
    const onError = (error: unknown) => {
      told.push(error);
      return fail() as undefined;
    };
    const { status } = await refusal(await world.application(undefined, { authorize, onError }));
    // A rejection that nobody handles fails the whole file.
    await new Promise(setImmediate);
    expect([status, told.length]).toEqual([403, 1]);
  });

  it('sees the request as it came; what it does to `request.headers` travels so', async () => {
    const seen: (string | undefined)[] = [];
    const authorize = (request: IncomingMessage) => {
      seen.push(request.url, request.headers.cookie);
      delete request.headers['x-gone'];
      request.headers['x-user'] = 'ann';
      return true;
    };
    const port = await world.application(undefined, { authorize });
    const headers = { cookie: 'session=1', 'x-gone': '1', 'x-kept': '2', 'X-User': 'root', x_user: 'root' };
    (await open(port, { path: '/live/feed?x', headers })).terminate();
    expect(seen).toEqual(['/live/feed?x', 'session=1']);
    expect(world.api.requests[0]?.headers).toEqual({
      host: new URL(world.api.origin).host,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': expect.any(String),
      'x-kept': '2',
      'x-user': 'ann',
      authorization: 'Bearer token-1',
    });
  });

  it('is not asked about what cannot be sent on, nor about pages of other sites', async () => {
    let asked = 0;
    const port = await world.application(undefined, { authorize: () => Boolean(++asked) });
    await reply(port, head('/live/%61'));
    await reply(port, head('/live/x', 'Origin: https://evil.example'));
    await reply(port, head('/live/x', 'Upgrade: h2c'));
    expect(asked).toBe(0);
  });

  it('that takes its time is not waited for once the client has left; nothing is sent', async () => {
    const [entered, admitted, gone] = [deferred<void>(), deferred<boolean>(), deferred<void>()];
    const authorize = ({ socket }: IncomingMessage) => {
      socket.once('close', () => gone.resolve());
      entered.resolve();
      return admitted.promise;
    };
    const socket = connect(await world.application(undefined, { authorize }), '127.0.0.1');
    socket.write(head('/live/feed'));
    await entered.promise;
    socket.end();
    await gone.promise;
    admitted.resolve(true);
    await new Promise(setImmediate);
    nothingSent();
  });
});

describe('backends.upgrade(name, { origins }): a page', () => {
  const answerTo = async (origin: string, given: object = {}, ...lines: string[]) =>
    statusOf(await reply(await world.application(undefined, given), head('/live/x', origin, ...lines), '\r\n\r\n'));

  it.each(['http://app.example', 'https://app.example'])(
    'of the application itself may connect: %s',
    async (origin) => {
      expect(await answerTo(`Origin: ${origin}`)).toBe(101);
    },
  );

  it.each([
    'https://evil.example',
    'https://sub.app.example',
    'https://app.example.evil.example',
    'https://app.example:8443',
    'https://evil.example@app.example',
    'https://app.example/',
    'HTTPS://app.example',
    'ws://app.example',
    'null',
    '',
    'app.example',
    'https://app.example https://evil.example',
  ])('of another site is 403, and nothing is sent: %s', async (origin) => {
    expect(await answerTo(`Origin: ${origin}`)).toBe(403);
    nothingSent();
  });

  it('is 403 with two origins, and with one that Node would not show', async () => {
    const port = await world.application();
    expect(
      statusOf(await reply(port, head('/live/x', 'Origin: http://app.example', 'Origin: http://app.example'))),
    ).toBe(403);
    expect(
      statusOf(await reply(port, head('/live/x', 'Origin: http://evil.example', 'Connection: Upgrade, Origin'))),
    ).toBe(403);
  });

  it('may connect when its origin is named, to the letter', async () => {
    const origins = ['https://www.shop.example', 'app://shop'];
    expect(await answerTo('Origin: https://www.shop.example', { origins })).toBe(101);
    expect(await answerTo('Origin: app://shop', { origins })).toBe(101);
    expect(await answerTo('Origin: http://www.shop.example', { origins })).toBe(403);
    expect(await answerTo('Origin: https://www.shop.example:444', { origins })).toBe(403);
  });

  it('is compared with the host of a whole URL, and with what a trusted proxy says that it saw', async () => {
    const port = await world.application();
    const whole = head('http://shop.example/live/x', 'Origin: https://shop.example');
    expect(statusOf(await reply(port, whole, '\r\n\r\n'))).toBe(101);
    expect(statusOf(await reply(port, head('http://shop.example/live/x', 'Origin: http://app.example')))).toBe(403);
    const proxied = ['X-Forwarded-Host: shop.example, inner', 'X-Forwarded-Proto: https'];
    expect(await answerTo('Origin: https://shop.example', { trustForwarded: true }, ...proxied)).toBe(101);
    expect(await answerTo('Origin: http://shop.example', { trustForwarded: true }, ...proxied)).toBe(403);
    expect(await answerTo('Origin: https://app.example', { trustForwarded: true }, ...proxied)).toBe(403);
    expect(await answerTo('Origin: https://shop.example', {}, ...proxied)).toBe(403);
  });
});

describe('backends.upgrade(name, { mount })', () => {
  it('sends the bytes of path and query below the mount on', async () => {
    const port = await world.application(world.backends({ path_prefix: '/v1' }));
    for (const path of [
      '/live',
      '/live?page=2',
      "/live//a;v=1/%2e%2e-?q='%41#".slice(0, -1),
      'http://app.example/live/x?y',
    ]) {
      await reply(port, head(path), '\r\n\r\n');
    }
    expect(world.api.requests.map(({ url }) => url)).toEqual([
      '/v1',
      '/v1?page=2',
      "/v1//a;v=1/%2e%2e-?q='%41",
      '/v1/x?y',
    ]);
  });

  it.each([
    '/live/../admin',
    '/live/./x',
    '/live/%2e%2e/admin',
    '/live/..%2fadmin',
    '/live/..;/admin',
    '/live/%61dmin',
    '/live/a\\..\\b',
    '/live/x#y',
    '/live/\xe4',
    'http://u:p@app.example/live/x',
    'ftp://app.example/live/x',
    '*',
  ])('answers 400 to %s where all is below it or would be, and nothing is sent', async (path) => {
    const port = await world.application(undefined, { mount: path.startsWith('/') ? '/live' : '/' });
    const answer = await reply(port, head(path));
    expect(statusOf(answer)).toBe(400);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    nothingSent();
  });

  it.each(['/', '/liveliness', '/LIVE/x', '/%6cive/x', '/a/live', '//live/x', '/x/../live'])(
    'leaves %s to other listeners',
    async (path) => {
      const server = createServer();
      const clients = world.backends();
      const authorize = () => true;
      server.on('upgrade', clients.upgrade('api', { mount: '/live', authorize }));
      server.on('upgrade', (_: IncomingMessage, socket: Duplex, first: Buffer) =>
        setImmediate(() => socket.end(`other ${first.toString()}`)),
      );
      server.on('upgrade', clients.upgrade('api', { mount: '/more', authorize }));
      expect(await reply(await world.listen(server), `${head(path)}early`)).toBe('other early');
      nothingSent();
    },
  );

  it('of two that fit, the first listener has it; of none, the last says 404', async () => {
    const server = createServer();
    const [one, two] = [world.backends({ path_prefix: '/one' }), world.backends({ path_prefix: '/two' })];
    server.on('upgrade', one.upgrade('api', { mount: '/live', authorize: () => true }));
    server.on('upgrade', two.upgrade('api', { mount: '/live/two', authorize: () => true }));
    server.on('upgrade', two.upgrade('api', { mount: '/more/', authorize: () => true }));
    const port = await world.listen(server);
    for (const path of ['/live/two/x', '/more/x']) (await open(port, { path })).terminate();
    expect(world.api.requests.map(({ url }) => url)).toEqual(['/one/two/x', '/two/x']);
    const { status, body } = await refusal(port, { path: '/other' });
    expect([status, body]).toEqual([404, 'Not Found\n']);
  });

  it('leaves a server without other listeners its requests that ask for nothing else', async () => {
    const port = await world.application();
    expect(await (await fetch(`http://127.0.0.1:${port}/live/feed`)).text()).toBe('the application');
  });
});

describe('backends.upgrade(name, options): a request that is no plain handshake', () => {
  const length = (value: string) => `Content-Length: ${value}`;
  it.each<[number, string, string]>([
    [426, 'h2c', head('/live/x', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__')],
    [426, 'TLS', head('/live/x', 'Upgrade: TLS/1.0')],
    [426, 'two protocols', head('/live/x', 'Upgrade: websocket, h2c')],
    [426, 'two protocols in two lines', head('/live/x', 'Upgrade: h2c', 'Upgrade: websocket')],
    [405, 'POST', head('/live/x').replace('GET', 'POST')],
    [405, 'PURGE', head('/live/x').replace('GET', 'PURGE')],
    [400, 'no key', head('/live/x').replace(/Sec-WebSocket-Key.*\r\n/, '')],
    [400, 'two keys', head('/live/x', `Sec-WebSocket-Key: ${KEY}`, `Sec-WebSocket-Key: ${KEY}`)],
    [400, 'a short key', head('/live/x', 'Sec-WebSocket-Key: c2hvcnQ=')],
    [400, 'a key that its Connection takes along', head('/live/x', 'Connection: Upgrade, Sec-WebSocket-Key')],
    [400, 'HTTP/1.0', head('/live/x').replace('HTTP/1.1', 'HTTP/1.0')],
    [400, 'a body', `${head('/live/x', length('5'))}hello`],
    [400, 'two lengths', `${head('/live/x', length('5'), length('6'))}hello`],
    [400, 'an odd length', head('/live/x', length('+5'))],
    [400, 'chunks', `${head('/live/x', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
    [400, 'chunks by another name', `${head('/live/x', 'Transfer-Encoding: xchunked')}0\r\n\r\n`],
    [400, 'length and chunks', `${head('/live/x', length('5'), 'Transfer-Encoding: chunked')}0\r\n\r\n`],
    [400, 'two hosts', head('/live/x', 'Host: a.example', 'Host: b.example')],
    [400, 'a header whose name is none', head('/live/x', 'X y: 1')],
  ])('is %i, nothing is sent, and the connection closes: %s', async (status, _, text) => {
    // What follows could pass for a request of its own.
    const answer = await reply(await world.application(), `${text}GET /live/smuggled HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(statusOf(answer)).toBe(status);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(answer).toMatch(/\r\nconnection: (?:Upgrade, )?close\r\n/i);
    if (status === 426) expect(answer).toMatch(/\r\nupgrade: websocket\r\n/i);
    if (status === 405) expect(answer).toMatch(/\r\nallow: GET\r\n/i);
    nothingSent();
  });

  it('closes the connection where an earlier request on it is still to be answered', async () => {
    const server = createServer(() => {});
    server.on('upgrade', world.backends().upgrade('api', { mount: '/live', authorize: () => true }));
    const port = await world.listen(server);
    expect(await reply(port, `GET /slow HTTP/1.1\r\nHost: x\r\n\r\n${head('/live/x')}`)).toBe('');
    nothingSent();
  });

  it('may follow requests that were answered, and is well on a connection of its own thereafter', async () => {
    const port = await world.application();
    const socket = connect(port, '127.0.0.1');
    let got = '';
    socket.on('data', (chunk) => {
      got += String(chunk);
    });
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    while (!got.includes('the application')) await once(socket, 'data');
    socket.write(head('/live/x'));
    while (!got.includes(ACCEPT)) await once(socket, 'data');
    socket.destroy();
    expect(world.api.requests).toHaveLength(1);
  });
});

describe('backends.upgrade(name, options): headers of the handshake', () => {
  it("leave the client's credentials, its connection's headers and what only a proxy may say behind", async () => {
    const port = await world.application();
    const headers = {
      Authorization: 'Bearer mine',
      Cookie: 'a=b',
      'Proxy-Authorization': 'Basic x',
      'X-Forwarded-For': '9.9.9.9',
      X_Forwarded_For: '9.9.9.9',
      Forwarded: 'for=9.9.9.9',
      'X-Original-URL': '/admin',
      'X-HTTP-Method-Override': 'DELETE',
      TE: 'trailers',
      'X-Kept': 'x',
      Origin: `http://127.0.0.1:${port}`,
    };
    (await open(port, { headers })).terminate();
    expect(Object.keys(world.api.requests[0]?.headers ?? {}).sort()).toEqual([
      'authorization',
      'connection',
      'host',
      'origin',
      'sec-websocket-key',
      'sec-websocket-version',
      'upgrade',
      'x-kept',
    ]);
    expect(world.api.tokens()).toEqual(['token-1']);
  });

  it('say who asked, and where, with `forwarded` and `via`', async () => {
    const port = await world.application(undefined, { forwarded: 'x-forwarded', via: 'shop' });
    (await open(port)).terminate();
    expect(world.api.requests[0]?.headers).toMatchObject({
      via: '1.1 shop',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `127.0.0.1:${port}`,
      'x-forwarded-prefix': '/live',
    });
  });

  it('have the cookies that are named, both ways, and modifiers of the backend', async () => {
    world.api.server.prependListener('upgrade', (_, socket: Duplex) => {
      const { write } = socket;
      // ws writes its 101 in one piece.
      socket.write = ((text: unknown) => {
        const more = '\r\nSet-Cookie: s=1; Domain=api; Path=/feed\r\nSet-Cookie: t=2\r\nX-Node: 7\r\n\r\n';
        return write.call(socket, typeof text === 'string' ? text.replace('\r\n\r\n', more) : text, 'latin1');
      }) as Duplex['write'];
    });
    const backends = world.backends({ set_request_headers: { 'x-set': 'by us' }, set_query_params: { q: '1' } });
    const port = await world.application(backends, { passCookies: ['s'] });
    const answer = await reply(port, head('/live/feed?q=0&r=2', 'Cookie: s=1; u=3', 'X_Set: theirs'), '\r\n\r\n');
    expect(answer.split('\r\n').sort().filter(Boolean)).toEqual([
      'HTTP/1.1 101 Switching Protocols',
      'connection: Upgrade',
      `sec-websocket-accept: ${ACCEPT}`,
      'set-cookie: s=1; Path=/live/feed',
      'upgrade: websocket',
      'x-node: 7',
    ]);
    expect(world.api.requests[0]?.url).toBe('/feed?r=2&q=1');
    expect(world.api.requests[0]?.headers).toMatchObject({ cookie: 's=1', 'x-set': 'by us' });
    expect(world.api.requests[0]?.headers).not.toHaveProperty('x_set');
  });
});

describe('backends.upgrade(name, options): wrong options', () => {
  const problemsOf = (options: unknown) => {
    try {
      world.backends().upgrade('api', options as never);
    } catch (error) {
      return (error as { problems: { path: string }[] }).problems.map(({ path }) => path).sort();
    }
    return [];
  };

  it('are all told at once, when the listener is made', () => {
    const good = { mount: '/live', authorize: () => true };
    expect(problemsOf(undefined)).toEqual(['authorize', 'mount']);
    expect(problemsOf({ mount: 'live', authorize: true, origins: '*', onError: 1 })).toEqual([
      'authorize',
      'mount',
      'onError',
      'origins',
    ]);
    expect(problemsOf({ ...good, methods: ['GET'], replayLimit: 0, body: () => '', autorize: 1 })).toEqual([
      'autorize',
      'body',
      'methods',
      'replayLimit',
    ]);
    expect(problemsOf({ ...good, passSetCookie: true, passCookies: ['a'] })).toEqual(['passSetCookie']);
    for (const origin of [
      '*',
      'null',
      'https://a.example/',
      'https://a.example:443',
      'https://*.a.example',
      'A.example',
      1,
    ]) {
      expect(problemsOf({ ...good, origins: [origin] })).toEqual(['origins']);
    }
    expect(
      problemsOf({ ...good, origins: ['https://a.example', 'http://localhost:8080', 'app://x', 'https://[::1]:1'] }),
    ).toEqual([]);
  });

  it('name a backend that there is not', () => {
    expect(() => world.backends().upgrade('apo' as 'api', { mount: '/', authorize: () => true })).toThrow(/apo.*api/);
  });
});

describe('backends.upgrade(name, { mount: "/" })', () => {
  it('sends on all that asks for a WebSocket', async () => {
    const socket = await open(await world.application(undefined, { mount: '/' }), { path: '/any/where' });
    socket.send('here');
    expect(await message(socket)).toBe('here');
    expect(world.api.requests[0]?.url).toBe('/any/where');
  });
});
