/** Connections of HTTP/2 that die with requests on them (RFC 9110 §9.2.2, RFC 9113 §8.7). */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import http2, { type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BackendDefinition } from 'oauth2-backend';
import { certificateAuthority } from 'test-servers/certificates';
import { type Listening, listen } from 'test-servers/listen';
import { type ClientWorld, clientWorld, rejection } from '../../packages/oauth2-backend/test/clients/client-world.js';
import { forwardBy, ordinary, type Sender } from '../../packages/oauth2-backend/test/clients/senders.js';

interface Arrival {
  /** Method, path and body, with a space between. */
  readonly text: string;
  readonly stream: ServerHttp2Stream;
  readonly session: ServerHttp2Session;
  /** The TCP connection. */
  readonly socket: Socket;
  /** Counts connections from 1. */
  readonly connection: number;
}

const authority = certificateAuthority();
let world: ClientWorld;
let server: Listening;
let arrived: Arrival[];
let onArrival: (arrival: Arrival) => void;
let messages: unknown[];
const hear = (message: unknown) => void messages.push(message);

beforeEach(async () => {
  world = await clientWorld();
  arrived = [];
  messages = [];
  onArrival = answer;
  subscribe('oauth2-backend:reconnect', hear);
  server = await startServer();
});
afterEach(async () => {
  unsubscribe('oauth2-backend:reconnect', hear);
  for (const { socket } of arrived) socket.destroy();
  await world.close();
  await server.close();
});

function answer({ stream, text }: Arrival): void {
  stream.respond({ ':status': 200 });
  stream.end(text);
}

/** It speaks HTTP/2 and nothing else. */
async function startServer(settings: http2.Settings = {}): Promise<Listening> {
  const own = http2.createSecureServer({ ...authority.server('localhost'), settings });
  const sockets: Socket[] = [];
  own.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => undefined)));
  own.on('session', (session) => session.on('error', () => undefined));
  own.on('stream', (stream: ServerHttp2Stream, { ':method': method, ':path': path }) => {
    stream.on('error', () => undefined);
    const chunks: Buffer[] = [];
    const session = stream.session as ServerHttp2Session;
    const connection = sockets.findIndex(({ remotePort }) => remotePort === session.socket.remotePort) + 1;
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => {
      if (stream.destroyed) return;
      const body = Buffer.concat(chunks).toString();
      const text = `${method} ${path}${body && ` ${body}`}`;
      const arrival = { text, stream, session, socket: sockets[connection - 1] as Socket, connection };
      arrived.push(arrival);
      onArrival(arrival);
    });
  });
  return listen(own);
}

function backends(changes: Partial<BackendDefinition> = {}) {
  const tls = { server_ca_certificate: authority.ca };
  return world.backends({ origin: server.origin, http2: true, tls, ...(changes as object) });
}

const seen = () => arrived.map(({ text }) => text);
const connections = () => arrived.map(({ connection }) => connection);

/** The next to arrive is treated so; others are answered. */
function next(treat: (arrival: Arrival) => void): void {
  onArrival = (arrival) => {
    onArrival = answer;
    treat(arrival);
  };
}

const forward = forwardBy((listener) => world.serve(listener));
const senders: readonly Sender[] = [...ordinary.filter(({ name }) => name !== 'got'), forward];
const request = senders.find(({ name }) => name === 'request') as Sender;

const deaths: Readonly<Record<string, (arrival: Arrival) => void>> = {
  'closes the connection': ({ socket }) => void socket.destroy(),
  'resets the connection': ({ socket }) => void socket.resetAndDestroy(),
  'ends the session': ({ session }) => session.destroy(),
  'says that it fails (GOAWAY)': ({ session }) => session.destroy(new Error('no'), 2),
};

describe.each(senders)('a connection of HTTP/2 that dies with a request of $name', ({ send }) => {
  it.each(Object.keys(deaths))('is replaced, and the request repeated: the server %s', async (death) => {
    const all = backends();
    const api = all.get('api');
    await send(api, 'a');
    next(deaths[death] as (arrival: Arrival) => void);
    expect(await send(api, 'b', { method: 'PUT', body: 'text' })).toBe('PUT /b text');
    expect(await send(api, 'c')).toBe('GET /c');
    expect(seen()).toEqual(['GET /a', 'PUT /b text', 'PUT /b text', 'GET /c']);
    expect(connections()).toEqual([1, 1, 2, 2]);
    expect(all.status()[0]?.counts.reconnects).toBe(1);
    expect(messages).toEqual([{ backend: 'api', method: 'PUT' }]);
    expect(world.as.requests).toHaveLength(1);
  });

  it('has what the server says it has not processed repeated on another, POST too, and counted', async () => {
    const all = backends();
    const api = all.get('api');
    await send(api, 'a');
    next(({ session, stream }) => session.goaway(0, (stream.id ?? 0) - 2));
    expect(await send(api, 'b', { method: 'POST', body: 'text' })).toBe('POST /b text');
    expect(connections()).toEqual([1, 1, 2]);
    expect(messages).toEqual([{ backend: 'api', method: 'POST' }]);
    expect(all.status()[0]?.counts.reconnects).toBe(1);
  });

  it('fails a request that may have had an effect', async () => {
    const api = backends().get('api');
    await send(api, 'a');
    next(({ socket }) => void socket.destroy());
    expect(await rejection(send(api, 'b', { method: 'POST', body: 'x' }))).toMatchObject({ statusCode: 502 });
    expect(seen()).toEqual(['GET /a', 'POST /b x']);
    expect(messages).toEqual([]);
  });

  it('is replaced once', async () => {
    const api = backends().get('api');
    await send(api, 'a');
    onArrival = ({ socket }) => void socket.destroy();
    expect(await rejection(send(api, 'b'))).toMatchObject({ statusCode: 502 });
    expect(seen()).toEqual(['GET /a', 'GET /b', 'GET /b']);
  });

  it('counts only where it had served a request', async () => {
    const api = backends().get('api');
    onArrival = ({ socket }) => void socket.destroy();
    expect(await rejection(send(api, 'b'))).toMatchObject({ statusCode: 502 });
    expect(seen()).toEqual(['GET /b']);
  });
});

describe('a connection of HTTP/2 that dies with a request', () => {
  it('counts only without an interim answer', async () => {
    const api = backends().get('api');
    await request.send(api, 'a');
    next(({ stream, socket }) => {
      stream.additionalHeaders({ ':status': 103 });
      setTimeout(() => socket.destroy(), 50);
    });
    expect(await rejection(request.send(api, 'b'))).toMatchObject({ statusCode: 502 });
    expect(seen()).toEqual(['GET /a', 'GET /b']);
  });

  it('is none where the server gives up the request alone', async () => {
    const api = backends().get('api');
    await request.send(api, 'a');
    next(({ stream }) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR));
    expect(await rejection(request.send(api, 'b'))).toMatchObject({ statusCode: 502 });
    expect(await request.send(api, 'c')).toBe('GET /c');
    expect(connections()).toEqual([1, 1, 1]);
  });

  it('takes several along, which share the new one', async () => {
    const all = backends();
    const api = all.get('api');
    await request.send(api, 'a');
    onArrival = ({ socket }) => {
      if (arrived.length < 6) return;
      onArrival = answer;
      socket.destroy();
    };
    await Promise.all(Array.from({ length: 5 }, () => request.send(api, 'b')));
    expect(connections()).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    expect(all.status()[0]?.counts.reconnects).toBe(5);
  });

  it.each([0, 2])('is replaced by no older one; with max_connections %d', async (max) => {
    await server.close();
    server = await startServer({ maxConcurrentStreams: 1 });
    const api = backends({ max_connections: max }).get('api');
    await request.send(api, 'a');
    // Two at once open a second connection.
    onArrival = () => {
      if (arrived.length < 3) return;
      onArrival = answer;
      arrived.slice(1).forEach(answer);
    };
    await Promise.all([request.send(api, 'b'), request.send(api, 'c')]);
    await delay(10);
    next(({ socket }) => void socket.destroy());
    expect(await request.send(api, 'd')).toBe('GET /d');
    expect(new Set(connections().slice(1, 3))).toEqual(new Set([1, 2]));
    expect(connections().at(-1)).toBe(3);
    expect(await request.send(api, 'e')).toBe('GET /e');
  });

  it.each([0, 1])(
    'is replaced by none that was opened when it was going away; with max_connections %d',
    async (max) => {
      const api = backends({ max_connections: max }).get('api');
      await request.send(api, 'a');
      const { socket, session } = arrived[0] as Arrival;
      next(() => session.goaway());
      const lost = request.send(api, 'b');
      while (arrived.length < 2) await delay(5);
      await delay(20);
      expect(await request.send(api, 'c')).toBe('GET /c');
      socket.destroy();
      expect(await lost).toBe('GET /b');
      expect(connections()).toEqual([1, 1, 2, 3]);
    },
  );

  it('fails it with why there is no other', async () => {
    const api = backends().get('api');
    await request.send(api, 'a');
    const { socket } = arrived[0] as Arrival;
    next(() => {
      void server.close();
      setTimeout(() => socket.destroy(), 20);
    });
    expect(await rejection(request.send(api, 'b'))).toMatchObject({ code: 'ECONNREFUSED', statusCode: 502 });
    expect(messages).toHaveLength(1);
  });

  it('has a chunked body sent again that forward has kept', async () => {
    const api = backends().get('api');
    await forward.send(api, 'a');
    const headers = { 'transfer-encoding': 'chunked' };
    next(({ socket }) => void socket.destroy());
    expect(await forward.send(api, 'b', { method: 'PUT', body: 'text', headers })).toBe('PUT /b text');
    next(({ session, stream }) => session.goaway(0, (stream.id ?? 0) - 2));
    expect(await forward.send(api, 'c', { method: 'PUT', body: 'text', headers })).toBe('PUT /c text');
    expect(connections()).toEqual([1, 1, 2, 2, 3]);
  });
});
