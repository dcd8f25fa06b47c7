import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Backends, createBackends } from 'oauth2-backend';
import { certificateAuthority } from 'test-servers/certificates';

const authority = certificateAuthority();
const SIZES = [20_000, 32_768, 80_000, 100_000, 300_000, 3_000_000];
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const framings = {
  'a length': (size: number) => `Content-Length: ${size}\r\nConnection: close\r\n`,
  'no length': () => '',
};
const kinds = Object.keys(framings) as (keyof typeof framings)[];

describe.each(['http', 'https'] as const)('an answer that ends its connection, over %s', (scheme) => {
  it.each(kinds)('fetch gives all of it to who reads late: %s', async (kind) => {
    const backends = await world(scheme, kind, (socket) => socket.end());
    for (const size of SIZES) {
      const answer = await backends.get('api').fetch(String(size));
      await delay(30);
      expect((await answer.arrayBuffer()).byteLength).toBe(size);
    }
  });

  it.each(kinds)('fetch gives all of it to who reads slowly: %s', async (kind) => {
    const backends = await world(scheme, kind, (socket) => socket.end());
    for (const size of SIZES.slice(0, -1)) {
      const answer = await backends.get('api').fetch(String(size));
      expect(await slowly(answer.body as AsyncIterable<Uint8Array>)).toBe(size);
    }
  });

  it.each(kinds)('request gives all of it to who reads late: %s', async (kind) => {
    const backends = await world(scheme, kind, (socket) => socket.end());
    for (const size of SIZES) {
      const { body } = await backends.get('api').request(String(size));
      await delay(30);
      expect((await body.arrayBuffer()).byteLength).toBe(size);
    }
  });

  it.each(kinds)('request gives all of it to who reads slowly: %s', async (kind) => {
    const backends = await world(scheme, kind, (socket) => socket.end());
    for (const size of SIZES.slice(0, -1)) {
      const { body } = await backends.get('api').request(String(size), { highWaterMark: 1_024 });
      expect(await slowly(body)).toBe(size);
    }
  });

  it('a body that nobody reads ends with close()', async () => {
    const backends = await world(scheme, 'a length', (socket) => socket.end());
    const { body } = await backends.get('api').request('80000');
    const failed = once(body, 'error');
    await delay(30);
    await backends.close({ timeout: 1 });
    await failed;
    expect(body.destroyed).toBe(true);
  });
});

describe('a connection that is reset while its answer waits to be read', () => {
  it.each(kinds)('is a failure of the body, of nothing else: %s', async (kind) => {
    const backends = await world('http', kind, async (socket) => {
      await delay(30);
      socket.resetAndDestroy();
    });
    const { body } = await backends.get('api').request('80000');
    await delay(100);
    await expect(body.arrayBuffer()).rejects.toMatchObject({ statusCode: 502 });
    const answer = await backends.get('api').fetch('80000');
    await delay(100);
    await expect(answer.arrayBuffer()).rejects.toThrow('terminated');
  });
});

/** A server that answers `/n` with n bytes, and backends for it. */
async function world(
  scheme: 'http' | 'https',
  framing: keyof typeof framings,
  end: (socket: Socket) => unknown,
): Promise<Backends> {
  const sockets = new Set<Socket>();
  const answer = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (head) => {
      const size = Number(/ \/(\d+)/.exec(head.toString())?.[1]);
      socket.write(`HTTP/1.1 200 OK\r\n${framings[framing](size)}\r\n`);
      socket.write(Buffer.alloc(size), () => end(socket));
    });
  };
  const server = scheme === 'http' ? net.createServer(answer) : tls.createServer(authority.server(), answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const trust = scheme === 'https' ? { tls: { server_ca_certificate: authority.ca } } : {};
  const backends = createBackends({ api: { origin, ...trust } });
  closing.push(async () => {
    await backends.close({ timeout: 100 });
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return backends;
}

async function slowly(body: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    await delay(2);
  }
  return size;
}
