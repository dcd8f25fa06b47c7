import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bearer, bearerInterceptor, staticToken } from 'oauth2-backend';
import { Agent } from 'undici';
import { type ClientWorld, clients, clientWorld, rejection } from './client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

const unfit: readonly [what: string, headers: Record<string, string>, body: unknown][] = [
  ['a length without a body', { 'content-length': '30' }, undefined],
  ['a length that is too large', { 'Content-Length': '30' }, 'text'],
  ['a length that is too small', { 'content-length': '1' }, Buffer.from('text')],
  ['a length in characters', { 'content-length': '1' }, 'ä'],
  ['a length that is none', { 'content-length': '4.0' }, 'text'],
  ['chunks without a body', { 'transfer-encoding': 'chunked' }, undefined],
  ['another coding', { 'Transfer-Encoding': 'gzip' }, 'text'],
];

describe.each(clients)('$name: a frame that does not fit', ({ send }) => {
  it.each(unfit)('is refused, and nothing is sent: %s', async (_, headers, body) => {
    const method = body === undefined ? 'GET' : 'POST';
    const error = await rejection(send(world.backend(), 'x', { method, headers, ...(body !== undefined && { body }) }));
    expect(error).toMatchObject({ name: 'TypeError', message: expect.stringContaining('does not fit the body') });
    expect(world.api.requests).toEqual([]);
  });

  it('is no length that is right', async () => {
    const backend = world.backend();
    await send(backend, 'x', { headers: { 'content-length': '0' } });
    await send(backend, 'x', { method: 'POST', headers: { 'content-length': '2' }, body: 'ä' });
    expect(world.api.requests.map(({ body }) => body.toString())).toEqual(['', 'ä']);
  });
});

describe.each(clients.filter(({ name }) => name !== 'fetch'))('$name: a stream with a length', ({ send }) => {
  it.each(['2', '9'])(
    'fails when it has other than %s bytes, and the next request is not part of it',
    async (length) => {
      const backend = world.backend();
      const body = Readable.from([Buffer.from('text')]);
      await rejection(send(backend, 'x', { method: 'POST', headers: { 'content-length': length }, body }));
      expect((await send(backend, 'y')).status).toBe(200);
      expect(world.api.requests.map(({ url }) => url)).toContain('/y');
    },
  );
});

describe('got.stream(input)', () => {
  it('is refused a length without a body', async () => {
    const stream = world.backend().got.stream('x', { headers: { 'content-length': '30' } });
    const error = await rejection(stream.toArray());
    expect(error).toMatchObject({ code: 'ERR_HTTP_CONTENT_LENGTH_MISMATCH' });
    expect(world.api.requests).toEqual([]);
  });
});

describe('bearerInterceptor(bearer)', () => {
  it.each(unfit)('refuses %s', async (_, headers, body) => {
    const { origin } = world.api;
    const agent = new Agent();
    const dispatcher = agent.compose(bearerInterceptor(bearer(staticToken('t'), { origin })));
    const sent = dispatcher.request({ origin, path: '/x', method: 'POST', headers, body: (body ?? null) as never });
    expect(await rejection(sent)).toMatchObject({ name: 'TypeError' });
    expect(world.api.requests).toEqual([]);
    await agent.destroy();
  });
});
