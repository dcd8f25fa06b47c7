import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createBackends, TokenRequestError, TokenTimeoutError } from 'oauth2-backend';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { accepted } from '../sources/accepted.js';
import { billing } from '../token-request/billing.js';

const closing: (() => unknown)[] = [];
let server: TokenServer;
beforeEach(async () => {
  server = await tokenServer();
  closing.push(() => server.close());
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server below HTTP; gives the URL of its token endpoint. */
async function rawServer(answer: (socket: Socket) => void): Promise<{ url: string; connections: () => number }> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const raw: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  }).listen(0, '127.0.0.1');
  await once(raw, 'listening');
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    raw.close();
  });
  return { url: `http://127.0.0.1:${(raw.address() as AddressInfo).port}/token`, connections: () => connections };
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

describe('a token endpoint that cannot be reached', () => {
  it('is named with what the network said: refused', async () => {
    await server.close();
    const error = await billing(server.url).failure();
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error.message).toMatch(
      /^127\.0\.0\.1:\d+ could not be reached for client "shop": ECONNREFUSED: nothing listens there: /,
    );
    expect(error).toMatchObject({ statusCode: 502 });
    expect(error['response']).toBeUndefined();
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['reset', (socket) => socket.resetAndDestroy()],
    ['closed', (socket) => socket.end()],
    ['closed after half of the head', (socket) => socket.end('HTTP/1.1 200')],
    [
      'closed after half of the body',
      (socket) => socket.end(`${HEAD}content-length: 100\r\n\r\n{"access_token":"half"`),
    ],
    [
      'closed in a chunk',
      (socket) => socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\nff\r\n{"access_token":"half"`),
    ],
    ['no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ['broken HTTP', (socket) => socket.end(`${HEAD}bad header\r\n\r\n{"access_token":"half"}`)],
  ])('is asked three times: %s', async (_, answer) => {
    const raw = await rawServer(answer);
    const error = await billing(`${raw.url}?key=hidden-in-the-query`).failure();
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ could not be reached for client "shop": \S.*: \S.*$/);
    expect(error.message).not.toContain('unknown reason');
    expect(inspect(error, { showHidden: true, depth: 10 })).not.toMatch(/half|hidden-in-the-query|s3cret|c2hvcD/);
    expect(raw.connections()).toBe(3);
  });

  it('is asked again after one reset, and the caller gets the token', async () => {
    server.next({ reset: true }, { status: 503 });
    expect((await billing(server.url).backend.token()).value).toBe('token-1');
    expect(server.requests).toHaveLength(3);
  });

  it('understands an answer that ends with its connection', async () => {
    const raw = await rawServer((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n{"access_token":"old-school"}'));
    expect((await billing(raw.url).backend.token()).value).toBe('old-school');
  });
});

describe('a token endpoint that is slow', () => {
  const silent = 'the request was sent, and no answer came';
  const endless = "the answer's body did not end";

  it.each<[string, string, (socket: Socket) => void]>([
    ['no answer', silent, () => {}],
    ['half of the head', silent, (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-le')],
    ['no body', endless, (socket) => socket.write(`${HEAD}content-length: 30\r\n\r\n`)],
    [
      'a drip',
      endless,
      (socket) => {
        socket.write(`${HEAD}content-length: 1000\r\n\r\n`);
        const drip = setInterval(() => socket.write(' '), 5);
        socket.on('close', () => clearInterval(drip));
      },
    ],
  ])('ends in TokenTimeoutError: %s', async (_, reason, answer) => {
    const raw = await rawServer(answer);
    const error = await billing(raw.url, { backend: { timeout: '80ms' } }).failure();
    expect(error).toBeInstanceOf(TokenTimeoutError);
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_TIMEOUT', statusCode: 504 });
    const { host } = new URL(raw.url);
    expect(error.message).toBe(`${host} gave client "shop" no token within 80 ms: ${reason}`);
    expect(raw.connections()).toBe(1);
  });

  it('is given ttfb_timeout of the token backend for the head', async () => {
    const raw = await rawServer(() => {});
    const error = await billing(raw.url, { backend: { ttfb_timeout: '40ms' } }).failure();
    expect(error).toBeInstanceOf(TokenTimeoutError);
    const { host } = new URL(raw.url);
    expect(error.message).toBe(`${host} gave client "shop" no token in time: ${silent}`);
  });
});

describe('the token backend', () => {
  it('adds, sets and removes headers, the defaults included', async () => {
    const backend = {
      remove_request_headers: ['user-agent'],
      set_request_headers: { accept: 'application/vnd.as+json' },
      add_request_headers: { 'x-gateway': 'key' },
    };
    await billing(server.url, { backend }).backend.token();
    const headers = server.requests[0]?.headers ?? {};
    expect(headers).toMatchObject({ accept: 'application/vnd.as+json', 'x-gateway': 'key' });
    expect(headers).toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('user-agent');
  });

  it('carries a token of its own; the one that is refused there is replaced at the next attempt', async () => {
    const gate = await tokenServer();
    closing.push(() => gate.close());
    server.next({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
    const oauth2 = {
      grant_type: 'client_credentials',
      client_id: 'shop',
      client_secret: 'secret-of-the-shop',
    } as const;
    const backends = createBackends({
      gateway: { origin: server.origin, oauth2: { ...oauth2, token_endpoint: gate.url } },
      billing: {
        origin: 'http://127.0.0.1:9',
        oauth2: {
          ...oauth2,
          token_endpoint: '/token',
          token_endpoint_auth_method: 'client_secret_post',
          backend: 'gateway',
        },
      },
    });
    await accepted(backends.get('gateway').token());
    await expect(backends.get('billing').token()).rejects.toMatchObject({ response: { status: 401 } });
    await backends.ready();
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(gate.requests).toHaveLength(2);
    await backends.close();
  });
});
