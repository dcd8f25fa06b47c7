/** An API that answers an upload at once, reads no more of it and leaves the connection open. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Backends, createBackends, staticToken } from 'oauth2-backend';

let server: Server;
let sockets: Set<Socket>;
let backends: Backends<{ api: { origin: string } }>;

beforeEach(async () => {
  sockets = new Set();
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const answerAll = (bytes: Buffer) => {
      const upload = bytes.toString('latin1').startsWith('POST');
      socket.write(`HTTP/1.1 ${upload ? '413 Content Too Large' : '200 OK'}\r\nContent-Length: 2\r\n\r\nok`);
      if (upload) socket.pause();
    };
    socket.on('data', answerAll);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  backends = createBackends({ api: { origin, max_connections: 1, timeout: '5s', oauth2: staticToken('token') } });
});
afterEach(async () => {
  await backends.close({ timeout: 0 });
  for (const socket of sockets) socket.destroy();
  server.close();
});

const ways: Record<string, (method: string, body?: Buffer) => Promise<number>> = {
  async fetch(method, body) {
    const answer = await backends.get('api').fetch('x', { method, ...(body && { body }) });
    await answer.text();
    return answer.status;
  },
  async request(method, body) {
    const answer = await backends.get('api').request('x', { method, ...(body && { body }) });
    await answer.body.text();
    return answer.statusCode;
  },
  async got(method, body) {
    const answer = await backends
      .get('api')
      .got('x', { method: method as 'GET', throwHttpErrors: false, ...(body && { body }) });
    return answer.statusCode;
  },
};

describe.each(Object.entries(ways))('%s with bytes that the API does not read', (_, send) => {
  it('gives the answer, and the next request goes on another connection', async () => {
    expect(await send('POST', Buffer.alloc(30_000_000))).toBe(413);
    expect(await send('GET')).toBe(200);
    expect(sockets.size).toBe(2);
  });

  it('uses the connection again when all was sent', async () => {
    expect(await send('POST', Buffer.from('small'))).toBe(413);
    for (const socket of sockets) socket.resume();
    expect(await send('GET')).toBe(200);
    expect(sockets.size).toBe(1);
  });
});
