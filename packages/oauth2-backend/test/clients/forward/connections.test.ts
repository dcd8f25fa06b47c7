import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ForwardWorld, forwardWorld, raw } from './forward-world.js';

let world: ForwardWorld;
beforeEach(async () => {
  world = await forwardWorld();
});
afterEach(() => world.close());

describe('backend.forward(request) on HTTP/1', () => {
  const behind = 'DELETE /behind HTTP/1.1\r\nHost: a\r\n\r\n';

  it.each([
    ['an odd coding', 400, 'POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['two hosts', 400, 'GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['another version', 505, 'GET /x HTTP/2.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n'],
    [
      'another version with a coding',
      505,
      'POST /x HTTP/0.9\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    ],
    ['too many headers', 431, `POST /x HTTP/1.1\r\nHost: a\r\n${'a:\r\n'.repeat(2000)}Content-Length: 0\r\n\r\n`],
  ])('sends nothing of a connection that had a request with %s', async (_, status, text) => {
    const port = await world.application(world.backend());
    expect(await raw(port, behind)).toMatch(/^HTTP\/1.1 200 /);
    expect(await raw(port, text + behind)).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*connection: close`, 'i'));
    await delay(60);
    expect(world.api.requests).toHaveLength(1);
    expect(await raw(port, behind)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('goes on after a refusal that leaves no doubt where the next begins', async () => {
    const port = await world.application(world.backend(), { methods: ['DELETE'] });
    const got = await raw(port, `POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello${behind}`);
    expect(got).toMatch(/^HTTP\/1.1 405 [\s\S]*HTTP\/1.1 200 /);
  });
});

describe('backend.forward(request) on HTTP/2', () => {
  let server: Http2Server;
  let client: ClientHttp2Session;
  beforeEach(async () => {
    const backend = world.backend();
    const handle = async (request: Http2ServerRequest, response: Http2ServerResponse) => {
      const inbound = request as unknown as IncomingMessage;
      try {
        const { status, headers, body } = await backend.forward(inbound, { forwarded: 'forwarded' });
        body.pipe(response.writeHead(status, headers));
      } catch (error) {
        world.errors.push(error);
        response.writeHead(500).end();
      }
    };
    server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(() => {
    client.close();
    server.close();
  });

  const ask = async (headers: Record<string, string>, body?: string) => {
    const stream = client.request({ ':path': '/x', ':authority': 'shop.example', ...headers }, { endStream: !body });
    if (body) stream.end(body);
    const [answer] = await once(stream, 'response');
    stream.resume();
    return answer[':status'];
  };

  it.each([
    ['without a length', {}],
    ['with one', { 'content-length': '5' }],
  ])('sends a body on %s', async (_, headers) => {
    expect(await ask({ ':method': 'POST', ...headers }, 'hello')).toBe(200);
    const [seen] = world.api.requests;
    expect(seen?.body.toString()).toBe('hello');
    expect(seen?.headers['forwarded']).toBe('for=127.0.0.1;host=shop.example;proto=http');
  });

  it('sends no body where there is none', async () => {
    expect(await ask({ ':method': 'GET' })).toBe(200);
    expect(world.api.requests[0]?.headers['transfer-encoding']).toBeUndefined();
  });

  it('a request that is refused spoils nothing for the others', async () => {
    expect(await ask({ ':path': '/../x' })).toBe(400);
    expect(await ask({ ':method': 'GET' })).toBe(200);
  });

  it('does not take a body that was broken off for a whole one', async () => {
    const stream = client.request({ ':method': 'POST', ':path': '/x', 'content-length': '10' });
    stream.on('error', () => {});
    stream.write('hello');
    await delay(50);
    stream.close(8);
    await delay(50);
    expect(world.api.requests).toHaveLength(0);
    expect(world.errors[0]).toMatchObject({ code: 'ERR_OAUTH2_CLIENT_CLOSED' });
  });
});
