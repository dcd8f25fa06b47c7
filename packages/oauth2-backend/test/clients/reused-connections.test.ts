/** Connections that the server closes when they are used again (RFC 9112 §9.3.1). */

import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Backend, Backends, ReconnectMessage } from 'oauth2-backend';
import { Agent } from 'undici';
import { type ClientWorld, clientWorld, rejection } from './client-world.js';
import { closingServer, countingServer } from './closing-server.js';
import { forwardBy, ordinary, pages, type Sender, stream } from './senders.js';

let world: ClientWorld;
let messages: unknown[];
const hear = (message: unknown) => void messages.push(message);
beforeEach(async () => {
  world = await clientWorld();
  messages = [];
  subscribe('oauth2-backend:reconnect', hear);
});
afterEach(async () => {
  unsubscribe('oauth2-backend:reconnect', hear);
  await world.close();
});

const forward = forwardBy((listener) => world.serve(listener));
const request = ordinary.find(({ name }) => name === 'request') as Sender;
const all = [...ordinary, forward];
const every = [...all, stream, pages];

const counting = (answer: Parameters<typeof countingServer>[1]) => countingServer(world.serve, answer);
const closing = (close?: (socket: Socket) => void) => closingServer(world.serve, close);

/** Leaves an idle connection: undici needs a turn to see that an answer is over. */
async function first({ send }: Pick<Sender, 'send'>, backend: Backend): Promise<void> {
  expect(await send(backend, 'a')).toMatch(/a$/);
  await delay(10);
}

const reconnects = (backends: Backends<never>) => backends.status()[0]?.counts.reconnects;

describe('a reused connection that dies before the first byte of an answer', () => {
  it.each(every)('is replaced by a new one, and the request repeated: $name', async ({ send }) => {
    const { origin, seen } = await closing();
    const backends = world.backends({ origin });
    const backend = backends.get('api');
    await first({ send }, backend);
    expect(await send(backend, 'b')).toBe('/b');
    expect(seen).toEqual(['GET /a', 'GET /b', 'GET /b']);
    expect(reconnects(backends as never)).toBe(1);
    expect(messages).toEqual([{ backend: 'api', method: 'GET' } satisfies ReconnectMessage]);
    expect(world.as.requests).toHaveLength(1);
    // What was repeated leaves no connection behind, so this is a third one.
    expect(await send(backend, 'c')).toBe('/c');
    expect(seen.slice(3)).toEqual(['GET /c']);
  });

  it.each([...ordinary, stream, pages])('is replaced in the context of the call: $name', async ({ name, send }) => {
    const calls = new AsyncLocalStorage<string>();
    const found: unknown[] = [];
    const channel = name.startsWith('got') ? 'http.client.request.start' : 'undici:request:create';
    const note = () => void found.push(calls.getStore());
    const { origin } = await closing();
    const backend = world.backend({ origin });
    await calls.run('first', () => first({ send }, backend));
    subscribe(channel, note);
    await calls.run('second', () => send(backend, 'b'));
    unsubscribe(channel, note);
    expect(found).toEqual(['second', 'second']);
  });

  it('is not taken for the death of a request that is aborted with its error', async () => {
    const { origin, seen } = await counting((served, incoming, response) => {
      if (incoming.url === '/waits') return;
      if (served === 0) response.end('/a');
      else incoming.socket.destroy();
    });
    const backends = world.backends({ origin });
    const backend = backends.get('api');
    await first(request, backend);
    const lost = await rejection(request.send(backend, 'b', { method: 'POST', body: 'x' }));
    const controller = new AbortController();
    const aborted = rejection(backend.request('waits', { signal: controller.signal }));
    while (!seen.includes('GET /waits')) await delay(5);
    controller.abort(lost);
    expect(await aborted).toBe(lost);
    expect(reconnects(backends as never)).toBe(0);
  });

  it.each(['HEAD', 'OPTIONS', 'DELETE', 'QUERY'])('is replaced for a %s', async (method) => {
    const { origin, seen } = await closing();
    const backend = world.backend({ origin });
    await first(request, backend);
    await request.send(backend, 'b', { method });
    expect(seen.slice(1)).toEqual([`${method} /b`, `${method} /b`]);
  });

  it.each(all)('also by a reset, and where a 401 is repeated at most 0 times: $name', async ({ send }) => {
    const { origin, seen } = await closing((socket) => void socket.resetAndDestroy());
    const backend = world.backend({ origin, oauth2: { retries: 0 } });
    await first({ send }, backend);
    expect(await send(backend, 'b')).toBe('/b');
    expect(seen).toHaveLength(3);
  });

  it.each([...all, pages])('has the body sent again that was given as a whole: $name', async ({ send }) => {
    const { origin, seen } = await closing();
    const backend = world.backend({ origin });
    await first({ send }, backend);
    expect(await send(backend, 'b', { method: 'PUT', body: 'an invoice' })).toBe('/b');
    expect(seen.slice(1)).toEqual(['PUT /b an invoice', 'PUT /b an invoice']);
  });

  it.each([...ordinary, pages])('has bytes sent again as they were: $name', async ({ send }) => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
    const text = bytes.toString('latin1');
    const got: string[] = [];
    const origin = await world.serve((request, response) => {
      void buffer(request).then((body) => {
        got.push(body.toString('latin1'));
        if (got.length === 2) request.socket.destroy();
        else response.end('a');
      });
    });
    const backend = world.backend({ origin });
    await first({ send }, backend);
    // What a page sends nobody has copied, unless it is text.
    const body = send === pages.send ? text : new Uint8Array(bytes);
    const sent = send(backend, 'b', { method: 'PUT', body });
    if (typeof body !== 'string') setImmediate(() => body.fill(0));
    await sent;
    const expected = send === pages.send ? Buffer.from(text).toString('latin1') : text;
    expect(got[1] === expected && got[2] === expected).toBe(true);
  });

  it('has a chunked body sent again that forward has kept', async () => {
    const { origin, seen } = await closing();
    const backend = world.backend({ origin });
    await first(forward, backend);
    const headers = { 'transfer-encoding': 'chunked' };
    expect(await forward.send(backend, 'b', { method: 'PUT', body: 'an invoice', headers })).toBe('/b');
    expect(seen.slice(1)).toEqual(['PUT /b an invoice', 'PUT /b an invoice']);
  });

  it('has the body sent again that a hook of got has put in place of the first', async () => {
    const { origin, seen } = await closing();
    const { got } = world.backend({ origin });
    await got('a');
    const beforeRequest = [
      (options: { body?: unknown }) => {
        options.body = 'other';
      },
    ];
    expect(await got.put('b', { body: 'first', hooks: { beforeRequest } }).text()).toBe('/b');
    expect(seen.slice(1)).toEqual(['PUT /b other', 'PUT /b other']);
  });

  it.each(every)('fails a request that may have had an effect: $name', async ({ send }) => {
    const { origin, seen } = await closing();
    const backends = world.backends({ origin });
    const backend = backends.get('api');
    await first({ send }, backend);
    expect(await rejection(send(backend, 'b', { method: 'POST', body: 'x' }))).toMatchObject({ statusCode: 502 });
    expect(seen).toEqual(['GET /a', 'POST /b x']);
    expect(reconnects(backends as never)).toBe(0);
  });

  it('fails a request with a body that got gets in pieces', async () => {
    const { origin, seen } = await closing();
    const { got } = world.backend({ origin });
    await got('a');
    const sent = got.stream.put('b', { body: Readable.from([Buffer.from('x'), Buffer.from('y')]) });
    await expect(text(sent)).rejects.toMatchObject({ statusCode: 502 });
    expect(seen).toEqual(['GET /a', 'PUT /b xy']);
  });

  it.each(ordinary)('fails a request whose body is a stream: $name', async ({ send }) => {
    const { origin, seen } = await closing();
    const backend = world.backend({ origin });
    await first({ send }, backend);
    const sending = { method: 'PUT', body: Readable.from([Buffer.from('x')]) };
    expect(await rejection(send(backend, 'b', sending))).toMatchObject({ statusCode: 502 });
    expect(seen).toHaveLength(2);
  });

  it.each(every)('is replaced once: $name', async ({ send }) => {
    const { origin, seen } = await counting((_, request, response) => {
      if (request.url === '/a') response.end('a');
      else request.socket.destroy();
    });
    const backend = world.backend({ origin });
    await first({ send }, backend);
    await expect(send(backend, 'b')).rejects.toThrow();
    expect(seen).toEqual(['GET /a', 'GET /b', 'GET /b']);
  });

  it.each(every)('counts only where it had served a request: $name', async ({ send }) => {
    const { origin, seen } = await counting((_, request) => void request.socket.destroy());
    const backend = world.backend({ origin });
    await expect(send(backend, 'b')).rejects.toThrow();
    expect(seen).toEqual(['GET /b']);
  });

  it.each([
    ...every.map((sender) => ({ ...sender, bytes: 'HT' })),
    ...[...ordinary, forward].map((sender) => ({ ...sender, bytes: 'HTTP/1.1 100 Continue\r\n\r\n' })),
  ])('counts only without a byte of the answer: $name, $bytes', async ({ send, bytes }) => {
    const { origin, seen } = await closing((socket) => void socket.end(bytes));
    const backend = world.backend({ origin });
    await first({ send }, backend);
    await expect(send(backend, 'b')).rejects.toThrow();
    expect(seen).toEqual(['GET /a', 'GET /b']);
  });

  it.each(ordinary)("is replaced within the call's timeout: $name", async ({ send }) => {
    const { origin, seen } = await counting((served, request, response) => {
      if (request.url === '/a') response.end('a');
      else if (served > 0) setTimeout(() => request.socket.destroy(), 200);
    });
    const backend = world.backend({ origin, timeout: '400ms' });
    await first({ send }, backend);
    const began = performance.now();
    expect(await rejection(send(backend, 'b'))).toMatchObject({ statusCode: 504 });
    // A second time of its own would end 600 ms after the start.
    expect(performance.now() - began).toBeLessThan(590);
    expect(seen).toEqual(['GET /a', 'GET /b', 'GET /b']);
  });

  it.each(ordinary)('is not replaced for a caller who has left: $name', async ({ send }) => {
    const { origin, seen } = await counting((served, _, response) => {
      if (served === 0) response.end('a');
    });
    const backend = world.backend({ origin });
    await first({ send }, backend);
    const controller = new AbortController();
    const left = rejection(send(backend, 'b', { signal: controller.signal }));
    while (seen.length < 2) await delay(5);
    controller.abort(new Error('enough'));
    expect(await left).toMatchObject({ message: 'enough' });
    await delay(50);
    expect(seen).toHaveLength(2);
    expect(messages).toEqual([]);
  });

  it("is not replaced where got's own time is over, or the call cancelled", async () => {
    const { origin, seen } = await counting((_, { url }, response) => {
      if (url === '/a') response.end('a');
    });
    const { got } = world.backend({ origin });
    await got('a');
    expect(await rejection(got('b', { timeout: { request: 100 } }))).toMatchObject({ name: 'TimeoutError' });
    await got('a');
    const cancelled = got('c');
    while (seen.length < 4) await delay(5);
    cancelled.cancel();
    await rejection(cancelled);
    await delay(50);
    expect(seen).toEqual(['GET /a', 'GET /b', 'GET /a', 'GET /c']);
    expect(messages).toEqual([]);
  });

  it.each([
    ['got', async ({ got }: Backend) => (await got('b', { throwHttpErrors: false })).body],
    ['got.stream', ({ got }: Backend) => text(got.stream('b', { throwHttpErrors: false }))],
  ])('is replaced by a new one whose refusal the caller hears of: %s', async (_, send) => {
    const { origin, seen } = await counting((served, { url, socket }, response) => {
      if (url === '/a') response.end('a');
      else if (served > 0) socket.destroy();
      else response.writeHead(401).end('no');
    });
    const backend = world.backend({ origin, oauth2: { retries: 0 } });
    await backend.got('a');
    await delay(10);
    expect(await send(backend)).toBe('no');
    expect(seen).toEqual(['GET /a', 'GET /b', 'GET /b']);
  });

  it('is the business of a dispatcher that was given', async () => {
    const { origin, seen } = await closing();
    const dispatcher = new Agent();
    const backend = world.backend({ origin, oauth2: false }, { dispatcher });
    await (await backend.request('a')).body.dump();
    await delay(10);
    await expect(backend.request('b')).rejects.toThrow();
    expect(seen).toEqual(['GET /a', 'GET /b']);
    await dispatcher.close();
  });

  it('fails a token request, which is asked for again by the rules of renewals', async () => {
    const { origin, seen } = await counting((served, request, response) => {
      if (served === 1) request.socket.destroy();
      else
        response
          .setHeader('content-type', 'application/json')
          .end('{"access_token":"a","token_type":"Bearer","expires_in":0}');
    });
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const backends = world.backends({ oauth2: { token_endpoint: `${origin}/token` } }, { logger: quiet });
    await backends.get('api').token();
    await delay(10);
    await backends.get('api').token();
    expect(seen).toHaveLength(3);
    expect(messages).toEqual([]);
  });

  it.each(all)('is not a server that is slow: $name', async ({ send }) => {
    const { origin, seen } = await counting((_, request, response) => {
      if (request.url === '/a') response.end('a');
    });
    const backend = world.backend({ origin, ttfb_timeout: '100ms' });
    await first({ send }, backend);
    expect(await rejection(send(backend, 'b'))).toMatchObject({ statusCode: 504 });
    expect(seen).toEqual(['GET /a', 'GET /b']);
  });

  it.each(all)('is replaced for a request that has waited for it: $name', async ({ send }) => {
    const { origin, seen } = await counting((served, { url, socket }, response) => {
      // The first waits until the second does.
      if (served === 0) setTimeout(() => response.end(url), 50);
      else socket.destroy();
    });
    const backend = world.backend({ origin, max_connections: 1 });
    const answers = await Promise.all([send(backend, 'a'), delay(10).then(() => send(backend, 'b'))]);
    expect(answers).toEqual(['/a', '/b']);
    expect(seen).toEqual(['GET /a', 'GET /b', 'GET /b']);
  });

  it.each(all)('is replaced by none of the others that are idle: $name', async ({ send }) => {
    const waiting: (() => void)[] = [];
    const { origin, seen } = await counting((served, { url, socket }, response) => {
      if (served > 0) socket.destroy();
      else if (url === '/b') response.end(url);
      else waiting.push(() => response.end(url));
      // So that each is on a connection of its own.
      if (waiting.length === 4) for (const answer of waiting.splice(0)) answer();
    });
    const backend = world.backend({ origin, max_connections: 4 });
    await Promise.all(Array.from({ length: 4 }, () => send(backend, 'a')));
    await delay(10);
    expect(await send(backend, 'b')).toBe('/b');
    expect(seen.slice(4)).toEqual(['GET /b', 'GET /b']);
  });
});
