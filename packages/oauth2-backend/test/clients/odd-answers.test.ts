import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TimeoutError } from 'got';
import { TokenTimeoutError } from 'oauth2-backend';
import { type ClientWorld, clients, clientWorld, rejection } from './client-world.js';
import { rawServer } from './raw-server.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

describe.each(clients)('$name', ({ send, follows }) => {
  it('refuses an answer 101 and closes its connection', async () => {
    const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n';
    const server = await rawServer(() => switched);
    try {
      const error = await rejection(send(world.backend({ origin: server.origin }), 'x'));
      expect(error).toMatchObject({ statusCode: 502 });
      await server.closed();
    } finally {
      server.close();
    }
  });

  const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  const interim = (status: string, count: number, more = '') =>
    `HTTP/1.1 ${status}\r\nX-Interim: 1\r\n${more}\r\n`.repeat(count);
  /** Sends two requests on one connection, each answered so. */
  const answered = async (text: string, write = (socket: Socket) => void socket.write(text)) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined).on('data', () => write(socket));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const backend = world.backend({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
      const first = await send(backend, 'x');
      return [first, await send(backend, 'x')].map(({ status, body }) => [status, body]);
    } finally {
      server.close();
    }
  };

  it.each(['100 Continue', '100', '102 Processing', '103 Early Hints', '199 Other'])(
    'passes over an unasked %s',
    async (status) => {
      expect(await answered(interim(status, 1) + OK)).toEqual([
        [200, 'ok'],
        [200, 'ok'],
      ]);
    },
  );

  it('passes over a hundred of them, in whatever pieces they come', async () => {
    const text = interim('100 Continue', 50) + interim('103 Early Hints', 50) + OK;
    expect(await answered(text)).toHaveLength(2);
    const bytes = interim('100 Continue', 1) + interim('102 P', 1) + interim('100 Continue', 1) + OK;
    const one = async (socket: Socket) => {
      socket.setNoDelay(true);
      for (const byte of bytes) {
        socket.write(byte);
        await new Promise(setImmediate);
      }
    };
    expect(await answered('', (socket) => void one(socket))).toHaveLength(2);
  });

  it.each([
    ['101 of them', interim('103 Early Hints', 101) + OK],
    ['101 times 100 Continue', interim('100 Continue', 101) + OK],
    ['64 KiB of them', interim('103 Early Hints', 8, `X-Long: ${'x'.repeat(9_000)}\r\n`) + OK],
    ['101 without a protocol', `HTTP/1.1 101 Switching Protocols\r\n\r\n${OK}`],
  ])('fails with 502 upon %s', async (_, text) => {
    expect(await rejection(answered(text))).toMatchObject({ statusCode: 502 });
  });

  it('takes headers of up to max_response_header_size, and says so of larger ones', async () => {
    const length = (bytes: number) => `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(bytes)}\r\nContent-Length: 0\r\n\r\n`;
    const server = await rawServer((head) => length(Number(/\/(\d+)/.exec(head)?.[1])));
    const backend = (changes = {}) => world.backend({ origin: server.origin, ...changes });
    try {
      expect((await send(backend(), '60000')).header('x-long')).toHaveLength(60_000);
      expect((await send(backend({ max_response_header_size: 300_000 }), '250000')).status).toBe(200);
      for (const [limit, bytes] of [
        [65_536, 70_000],
        [1_000, 1_100],
      ] as const) {
        const error = await rejection(send(backend({ max_response_header_size: limit }), String(bytes)));
        const message = `the headers of the answer are larger than max_response_header_size (${limit} bytes)`;
        expect(error).toMatchObject({ statusCode: 502 });
        // fetch has its reasons in the cause.
        expect([error.message, (error.cause as Error | undefined)?.message]).toContain(message);
      }
    } finally {
      server.close();
    }
  });

  (follows ? it : it.skip)('follows a Location in UTF-8', async () => {
    const origin = await world.serve((request, response) => {
      if (request.url !== '/x') response.end(request.url);
      else response.writeHead(302, { location: Buffer.from('/café?q=ü').toString('latin1') }).end();
    });
    expect((await send(world.backend({ origin }), 'x')).body).toBe('/caf%C3%A9?q=%C3%BC');
  });

  it('holds header modifiers against any spelling', async () => {
    const backend = world.backend({
      remove_request_headers: ['x-gone'],
      set_request_headers: { 'X-Shop': 'ours' },
      add_request_headers: { 'x-More': 'ours' },
    });
    await send(backend, 'x', { headers: { 'X-GONE': 'theirs', 'x-SHOP': 'theirs', 'X-MORE': 'theirs' } });
    const [request] = world.api.requests;
    expect(request?.headers).toMatchObject({ 'x-shop': 'ours', 'x-more': 'theirs, ours' });
    expect(request?.headers).not.toHaveProperty('x-gone');
  });

  it('ttfb_timeout does not cut an answer that began before the upload was over', async () => {
    let go = () => {};
    const begun = new Promise<void>((resolve) => {
      go = resolve;
    });
    const origin = await world.serve((request, response) => {
      response.write('a', () => setTimeout(go, 50));
      // The upload is over, and so is the time that an answer might have to begin.
      request.resume().once('end', () => setTimeout(() => response.end('b'), 250));
    });
    async function* upload() {
      yield Buffer.from('first');
      await begun;
      yield Buffer.from('last');
    }
    const backend = world.backend({ origin, ttfb_timeout: '100ms' });
    expect((await send(backend, 'x', { method: 'POST', body: upload() })).body).toBe('ab');
  });

  it('timeout during a renewal after a 401 says so', async () => {
    const backend = await world.acceptedBackend({ timeout: '200ms' });
    world.api.revoke('token-1');
    world.as.hold();
    const error = await rejection(send(backend, 'x'));
    expect(error).toBeInstanceOf(TokenTimeoutError);
    expect(error).toMatchObject({ resource: { status: 401 } });
  });
});

describe('got', () => {
  it.each(['timeout', 'ttfb_timeout'])('a TimeoutError of %s has the code that others of got have', async (limit) => {
    world.api.hold();
    const error = await rejection(world.backend({ [limit]: '150ms' }).got('x'));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ code: 'ETIMEDOUT', message: `${limit} of 150 ms is over` });
  });

  it('passes no header of an inbound request on that is piped into a stream', async () => {
    const inbound = createServer((request: IncomingMessage, response) => {
      request.pipe(world.backend().got.stream.post('echo')).pipe(response);
    });
    inbound.listen(0, '127.0.0.1');
    await once(inbound, 'listening');
    try {
      const headers = { cookie: 'session=1', 'x-inbound': '1', 'content-type': 'text/x-inbound' };
      const { port } = inbound.address() as AddressInfo;
      const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body: 'abc' });
      expect(await answer.text()).toBe('abc');
    } finally {
      inbound.closeAllConnections();
      inbound.close();
    }
    const seen = world.api.requests[0]?.headers;
    expect(seen?.authorization).toBe('Bearer token-1');
    for (const name of ['cookie', 'x-inbound', 'content-type']) expect(seen).not.toHaveProperty([name]);
  });

  it('refuses isStream, per call and in extend', async () => {
    const { got } = world.backend();
    const options = { isStream: true } as object;
    expect(await rejection(got('x', options))).toMatchObject({ message: 'isStream is refused: got.stream is the way' });
    expect(() => got.extend(options)).toThrow(TypeError);
    expect(world.as.requests).toHaveLength(0);
  });
});
