import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ACCEPT,
  deferred,
  head,
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

/** An application in front of a server that answers each handshake with this text. */
async function answering(text: string | ((socket: Socket) => void), changes: object = {}): Promise<number> {
  const origin = await world.raw((socket) => {
    socket.once('data', () => (typeof text === 'string' ? socket.write(text, 'latin1') : text(socket)));
  });
  return world.application(world.backends({ origin, ...changes }));
}

const ANSWER_101 = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n`;

describe('backends.upgrade(name, options): another answer than a 101', () => {
  it.each<[number, string, string]>([
    [200, 'OK', 'Content-Length: 5\r\n\r\nhello'],
    [302, 'Found', 'Location: /login?x\r\nContent-Length: 5\r\n\r\nhello'],
    [404, 'No Such Feed', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n'],
    [413, 'Payload Too Large', 'Connection: close\r\nContent-Length: 5\r\n\r\nhello'],
    [426, 'Upgrade Required', 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nContent-Length: 5\r\n\r\nhello'],
    [503, 'Service Unavailable', 'Retry-After: 7\r\nContent-Length: 5\r\n\r\nhello'],
  ])('is given, %i, with phrase, headers and body, and the connection closes', async (status, phrase, rest) => {
    const port = await answering(
      `HTTP/1.1 ${status} ${phrase}\r\nX-Own: x\r\nAccess-Control-Allow-Origin: *\r\nSet-Cookie: a=b\r\n${rest}`,
    );
    const refused = await refusal(port);
    expect(refused).toMatchObject({ status, message: phrase, body: 'hello' });
    expect(refused.headers).toMatchObject({ 'x-own': 'x', connection: 'close', 'cache-control': 'private' });
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    expect(refused.headers).not.toHaveProperty('set-cookie');
    expect(refused.headers.location).toBe(status === 302 ? '/live/login?x' : undefined);
    expect(refused.headers['retry-after']).toBe(status === 503 ? '7' : undefined);
    expect(world.errors).toEqual([]);
  });

  it('is a 502 where the backend asks for the credentials of a proxy; a 204 has no body', async () => {
    const port = await answering('HTTP/1.1 407 Proxy\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n');
    expect(await refusal(port)).toMatchObject({ status: 502, message: 'Bad Gateway' });
    expect(await refusal(await answering('HTTP/1.1 204 None\r\n\r\n'))).toMatchObject({ status: 204, body: '' });
  });

  it('with a body of 8 MiB comes whole, as fast as it is read', async () => {
    const port = await answering((socket) => {
      socket.write(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${8 * 1024 * 1024}\r\n\r\n`);
      socket.write(Buffer.alloc(8 * 1024 * 1024, 'x'));
    });
    expect((await refusal(port)).body).toHaveLength(8 * 1024 * 1024);
  });

  it('that breaks off does not look complete', async () => {
    const port = await answering((socket) => {
      socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\nhello');
      setTimeout(() => socket.destroy(), 20);
    });
    await expect(refusal(port)).rejects.toThrow();
  });

  it('reaches a client that goes on writing: the connection is not reset at once', async () => {
    const port = await answering('HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nhello');
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const failed = deferred<Error>();
    socket.on('error', failed.resolve);
    let got = '';
    socket.on('data', (chunk) => {
      got += String(chunk);
    });
    socket.write(head('/live/x'));
    await once(socket, 'end');
    expect(got).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n.*\r\n\r\nhello$/s);
    const block = Buffer.alloc(1024 * 1024, 'x');
    const written = (async () => {
      for (let count = 0; count < 8; count += 1) {
        await new Promise((resolve) => socket.write(block, resolve));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    expect(await Promise.race([failed.promise, written])).toBeUndefined();
    socket.destroy();
  });

  it('comes after interim answers, which are passed over: a hundred of them at most', async () => {
    const interim = (count: number) => 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'.repeat(count);
    const answer = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n';
    expect((await refusal(await answering(interim(100) + answer))).status).toBe(403);
    expect((await refusal(await answering(interim(101) + answer))).status).toBe(502);
    expect((await refusal(await answering(`${interim(101)}${ANSWER_101}\r\n`))).status).toBe(502);
  });
});

describe('backends.upgrade(name, options): a 101', () => {
  it.each([
    ['without Sec-WebSocket-Accept', ANSWER_101.replace(/Sec-.*\r\n/, '')],
    ['with that of another key', ANSWER_101.replace(ACCEPT, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=')],
    ['with two of them', `${ANSWER_101}Sec-WebSocket-Accept: ${ACCEPT}\r\n`],
    ['to another protocol', ANSWER_101.replace('websocket', 'h2c')],
    ['to two protocols', ANSWER_101.replace('websocket', 'websocket, h2c')],
    ['without Upgrade', ANSWER_101.replace(/Upgrade:.*\r\n/, '')],
    ['without Connection', ANSWER_101.replace(/Connection:.*\r\n/, '')],
  ])('%s is a 502, and nothing of the client travels', async (_, text) => {
    let seen = '';
    const ended = deferred<unknown>();
    const port = await answering((socket) => {
      socket.on('data', (chunk) => {
        seen += chunk.toString('latin1');
      });
      socket.once('close', ended.resolve);
      socket.write(`${text}\r\nsecret`);
    });
    const answer = await reply(port, `${head('/live/x')}early`);
    expect(answer).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(answer).not.toContain('secret');
    await ended.promise;
    expect(seen).toBe('');
    expect(world.errors).toMatchObject([{ statusCode: 502, message: expect.stringContaining('101') }]);
  });

  it('has no length and nothing of the connection for the client, and its own three headers once', async () => {
    const port = await answering(
      `${ANSWER_101}Content-Length: 7\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX-Own: \xe4\r\n\r\nhello`,
    );
    const answer = await reply(port, head('/live/x'), 'hello');
    expect(answer.split('\r\n').sort()).toEqual([
      '',
      'HTTP/1.1 101 Switching Protocols',
      'connection: Upgrade',
      'hello',
      `sec-websocket-accept: ${ACCEPT}`,
      'upgrade: websocket',
      'x-own: \xe4',
    ]);
  });
});

describe('backends.upgrade(name, options): a failure', () => {
  it.each<[number, string, object, (socket: Socket) => void]>([
    [502, 'closes the connection', {}, (socket) => socket.destroy()],
    [502, 'answers what is no HTTP', {}, (socket) => socket.write('no HTTP\r\n\r\n')],
    [502, 'breaks off in its head', {}, (socket) => socket.end('HTTP/1.1 101 Swi')],
    [
      502,
      'answers with endless headers',
      { max_response_header_size: 1000 },
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(2_000)}\r\n\r\n`),
    ],
    [504, 'says nothing', { ttfb_timeout: '50ms' }, () => {}],
    [504, 'says nothing', { timeout: '50ms', ttfb_timeout: '0s' }, () => {}],
    [504, 'answers its token request too late', { timeout: '50ms' }, () => {}],
  ])('is a %i that says nothing of it, where the backend %s', async (status, what, changes, answer) => {
    if (what.includes('token')) world.as.hold();
    const { status: given, body, headers } = await refusal(await answering(answer, changes));
    expect([given, body]).toEqual([status, status === 502 ? 'Bad Gateway\n' : 'Gateway Timeout\n']);
    expect(headers.connection).toBe('close');
    expect(world.errors).toMatchObject([{ statusCode: status }]);
  });

  it('is a 502 where nobody listens, and where the token endpoint refuses', async () => {
    const nobody = world.backends({ origin: 'http://127.0.0.1:1' });
    expect((await refusal(await world.application(nobody))).status).toBe(502);
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    const { status, body } = await refusal(await world.application());
    expect([status, body]).toEqual([502, 'Bad Gateway\n']);
    expect(world.errors.at(-1)).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_REQUEST' });
    expect(world.api.requests).toHaveLength(0);
  });

  it('is a 500 where a function of the application throws, or has set what no header can be', async () => {
    const backends = world.backends({
      set_request_headers: {
        'x-user': () => {
          throw new Error('a secret');
        },
      },
    });
    const { status, body } = await refusal(await world.application(backends));
    expect([status, body]).toEqual([500, 'Internal Server Error\n']);
    const authorize = (request: { headers: Record<string, unknown> }) => {
      request.headers['x-user'] = 'a\r\nb';
      return true;
    };
    expect((await refusal(await world.application(undefined, { authorize }))).status).toBe(500);
    expect(world.errors).toMatchObject([{ message: 'a secret' }, { code: 'ERR_OAUTH2_CONFIGURATION' }]);
    expect(world.api.requests).toHaveLength(0);
  });

  it('holds no secret, and none of what the server wrote', async () => {
    const port = await answering((socket) => socket.write('HTTP/1.1 999999 token-1 x\r\n\r\n'));
    await refusal(port);
    expect(world.errors).toMatchObject([{ statusCode: 502 }]);
    expect(world.errors[0]).not.toHaveProperty('rawPacket');
    expect(inspect(world.errors, { depth: 10, showHidden: true })).not.toContain('token-1');
  });
});

describe('backends.upgrade(name, options): timeout and ttfb_timeout', () => {
  it('end at the 101', async () => {
    const backends = world.backends({ timeout: '150ms', ttfb_timeout: '100ms' });
    const socket = await open(await world.application(backends));
    await new Promise((resolve) => setTimeout(resolve, 300));
    socket.send('still there');
    expect(await message(socket)).toBe('still there');
  });

  it('bound the body of another answer', async () => {
    const port = await answering('HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nhello', { timeout: '100ms' });
    await expect(refusal(port)).rejects.toThrow();
  });
});

describe('backends.upgrade(name, options): a client that leaves', () => {
  let warnings: unknown[];
  const onWarning = (warning: unknown) => void warnings.push(warning);
  beforeEach(() => {
    warnings = [];
    process.on('warning', onWarning);
  });
  afterEach(() => void process.off('warning', onWarning));

  it.each(['end', 'resetAndDestroy'] as const)(
    'while the token is awaited (%s) ends the attempt: nothing is sent, nobody is told',
    async (leave) => {
      const letGo = world.as.hold();
      const socket = connect(await world.application(world.backends({ abort_on_disconnect: false })), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(head('/live/x'));
      await world.as.arrived(1);
      socket[leave]();
      await once(socket, 'close');
      letGo();
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(world.api.requests).toHaveLength(0);
      expect([world.errors, warnings]).toEqual([[], []]);
    },
  );

  it('while the 101 is awaited ends the connection to the backend', async () => {
    const asked = deferred<Socket>();
    const socket = connect(await answering(asked.resolve), '127.0.0.1');
    socket.write(head('/live/x'));
    const far = await asked.promise;
    socket.destroy();
    await once(far, 'close');
    expect([world.errors, warnings]).toEqual([[], []]);
  });

  it('while another answer is read ends the connection to the backend', async () => {
    const asked = deferred<Socket>();
    const port = await answering((far) => {
      far.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nhello');
      asked.resolve(far);
    });
    const socket = connect(port, '127.0.0.1');
    socket.write(head('/live/x'));
    await once(socket, 'data');
    socket.destroy();
    await once(await asked.promise, 'close');
    expect([world.errors, warnings]).toEqual([[], []]);
  });
});
