import { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ForwardOptions } from 'oauth2-backend';
import { ask, type ForwardWorld, forwardWorld } from './forward-world.js';

let world: ForwardWorld;
beforeEach(async () => {
  world = await forwardWorld();
});
afterEach(() => world.close());

const bodies = () => world.api.requests.map(({ body }) => body.toString());

/** What a parser does: reads all, and leaves the result in `body`. */
const parsed = async (request: IncomingMessage) => {
  const text = Buffer.concat(await request.toArray()).toString();
  Object.assign(request, { body: text === '' ? {} : { text } });
};

describe('backend.forward(request, { body })', () => {
  const json: ForwardOptions['body'] = (inbound) => JSON.stringify(inbound.body);

  it('sends the body that a parser has read', async () => {
    const port = await world.application(world.backend(), { body: json }, parsed);
    const headers = { 'content-type': 'application/json' };
    expect((await ask(port, '/x', { method: 'POST', headers, body: 'hällo' })).status).toBe(200);
    expect(bodies()).toEqual(['{"text":"hällo"}']);
    expect(world.api.requests[0]?.headers).toMatchObject({ ...headers, 'content-length': '17' });
  });

  it('is called once, also for a body that is repeated, whatever replayLimit says', async () => {
    world.api.revoke('token-1');
    let calls = 0;
    const bytes = new Uint8Array(100).fill(120);
    const body = () => {
      calls += 1;
      return bytes;
    };
    const port = await world.application(await world.acceptedBackend(), { body, replayLimit: 0 }, parsed);
    expect((await ask(port, '/x', { method: 'PUT', body: ['a', 'b'] })).status).toBe(200);
    expect(bodies()).toEqual(['x'.repeat(100), 'x'.repeat(100)]);
    expect(calls).toBe(1);
  });

  it('takes off coding and digests of the body that came', async () => {
    const headers = {
      'content-encoding': 'gzip',
      'content-digest': 'sha-256=:x:',
      'repr-digest': 'sha-256=:x:',
      digest: 'x',
      'content-md5': 'x',
      'content-language': 'en',
    };
    const port = await world.application(world.backend(), { body: () => 'hello' }, parsed);
    await ask(port, '/x', { method: 'POST', headers, body: gzipSync('hello') });
    const names = Object.keys(world.api.requests[0]?.headers ?? {});
    expect(names.filter((name) => /^content|digest/.test(name)).sort()).toEqual(['content-language', 'content-length']);
  });

  it('leaves the body of the request alone where it gives undefined, and is not asked where there is none', async () => {
    let calls = 0;
    const body = (inbound: IncomingMessage & { body?: unknown }) => {
      calls += 1;
      return inbound.body === undefined ? undefined : JSON.stringify(inbound.body);
    };
    const port = await world.application(world.backend(), { body });
    await ask(port, '/x', { method: 'POST', headers: { 'content-encoding': 'x' }, body: 'hello' });
    expect(world.api.requests[0]?.headers).toMatchObject({ 'content-encoding': 'x', 'content-length': '5' });
    await ask(await world.application(world.backend(), { body }, parsed), '/x');
    expect(bodies()).toEqual(['hello', '']);
    expect(calls).toBe(1);
  });

  it('may be empty', async () => {
    const port = await world.application(world.backend(), { body: () => '' }, parsed);
    await ask(port, '/x', { method: 'POST', body: 'hello' });
    expect(world.api.requests[0]?.headers['content-length']).toBe('0');
  });

  it.each<[string, unknown]>([
    ['an object', {}],
    ['an object', Promise.resolve('x')],
    ['null', null],
  ])('is an error where it gives %s', async (kind, value) => {
    const port = await world.application(world.backend(), { body: () => value as string }, parsed);
    expect((await ask(port, '/x', { method: 'POST', body: 'x' })).status).toBe(500);
    const message = `must give a string, bytes or undefined at once, not ${kind}`;
    expect(world.errors[0]).toMatchObject({ problems: [{ path: 'body', message }] });
    expect(world.api.requests).toHaveLength(0);
  });

  it('is named where a body was read without it', async () => {
    const port = await world.application(world.backend(), {}, parsed);
    expect((await ask(port, '/x', { method: 'POST', body: 'x' })).status).toBe(500);
    expect(world.errors[0]).toMatchObject({
      problems: [{ path: 'body', message: expect.stringContaining('JSON.stringify(req.body)') }],
    });
  });
});

describe('backend.forward(request) that no socket made', () => {
  /** As serverless adapters make it: no raw headers, or numbers in them; the body as its stream, often in `body` too. */
  const made = (members: object, chunks: readonly unknown[] = []) => {
    const socket = { encrypted: true, remoteAddress: '192.0.2.1', destroy: () => undefined };
    const request = new IncomingMessage(socket as never);
    const left = [...chunks];
    request._read = () => void request.push(left.shift() ?? null);
    return Object.assign(
      request,
      { complete: true, httpVersion: '1.1', method: 'POST', url: '/x', headers: {} },
      members,
    );
  };
  const send = async (request: IncomingMessage, options?: ForwardOptions) => {
    const { status, body } = await (await world.acceptedBackend()).forward(request, options);
    body.resume();
    return status;
  };
  const seen = () => world.api.requests[0];

  it('is read from headers', async () => {
    const headers = {
      host: 'shop.example',
      'content-length': 5,
      'X-Kept': '1',
      'x-list': ['1', '2'],
      'x-none': undefined,
      connection: 'x-named',
      'x-named': '1',
      'transfer-encoding': 'chunked',
      cookie: 'a=b',
      'x-forwarded-for': '9.9.9.9',
    };
    const rawHeaders = ['content-length', 5, 'x-evil', '1'];
    expect(await send(made({ headers, rawHeaders }, ['hello']), { forwarded: 'x-forwarded' })).toBe(200);
    const { host: _, ...others } = seen()?.headers ?? {};
    expect(others).toEqual({
      connection: 'keep-alive',
      'content-length': '5',
      'x-kept': '1',
      'x-list': '1, 2',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-host': 'shop.example',
      'x-forwarded-proto': 'https',
      authorization: 'Bearer token-1',
    });
    expect(bodies()).toEqual(['hello']);
  });

  it.each<[string, object, unknown[]]>([
    ['text in body', { body: 'hällo' }, []],
    ['bytes in body', { body: Buffer.from('hällo') }, ['other']],
    ['a stream', {}, ['h', 'äll', Buffer.from('o')]],
    ['a stream beside an object in body', { body: {} }, ['hällo']],
  ])('sends its body: %s', async (_, members, chunks) => {
    world.api.revoke('token-1');
    for (const headers of [{}, { 'content-length': '6' }, { 'content-length': 4 }]) {
      expect(await send(made({ ...members, headers }, chunks))).toBe(200);
    }
    expect(bodies()).toEqual(Array(4).fill('hällo'));
  });

  it('sends none where there is none', async () => {
    for (const method of ['GET', 'DELETE']) await send(made({ method }));
    await send(made({ headers: { 'content-length': 0 } }));
    expect(world.api.requests.map(({ headers }) => headers['content-length'])).toEqual([undefined, undefined, '0']);
    expect(world.api.requests[0]?.headers).not.toHaveProperty('transfer-encoding');
  });

  it('sends what the option body gives', async () => {
    const headers = { 'content-length': '2', 'content-encoding': 'gzip' };
    const request = made({ headers, body: { a: 1 } });
    await request.toArray();
    expect(await send(request, { body: (inbound) => JSON.stringify(inbound.body) })).toBe(200);
    expect(bodies()).toEqual(['{"a":1}']);
    expect(seen()?.headers).not.toHaveProperty('content-encoding');
  });

  it.each<[string, object, unknown[], boolean]>([
    ['less in body than Content-Length says', { body: 'hell', headers: { 'content-length': '5' } }, [], false],
    ['less in its stream', { headers: { 'content-length': 5 } }, ['he', 'll'], false],
    ['a stream that was read', { body: { a: 1 }, headers: { 'content-length': 5 } }, ['hello'], true],
    ['a stream that was read, of a length unknown', { body: { a: 1 } }, ['hello'], true],
  ])('is an error that names body, and nothing is sent, for %s', async (_, members, chunks, read) => {
    const request = made(members, chunks);
    if (read) await request.toArray();
    await expect(send(request)).rejects.toMatchObject({ statusCode: 500, problems: [{ path: 'body' }] });
    expect(world.api.requests).toHaveLength(0);
  });

  it('is 400 where two readers could read its length differently', async () => {
    expect(await send(made({ headers: { 'content-length': '5, 5' } }, ['hello']))).toBe(400);
  });

  it('needs neither a socket nor a version', async () => {
    const headers = { 'x-a': '1' };
    const bare = { method: 'GET', url: '/x', headers, rawHeaders: [], readableDidRead: false, readableEnded: false };
    const request = Object.assign(Object.create({ async *[Symbol.asyncIterator]() {} }), bare);
    expect(await send(request, { via: 'shop', forwarded: 'forwarded' })).toBe(200);
    expect(seen()?.headers).toMatchObject({ via: '1.1 shop', forwarded: 'for=unknown;proto=http', 'x-a': '1' });
  });
});
