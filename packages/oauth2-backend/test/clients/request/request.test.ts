import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OriginError, type RequestOptions, TokenRequestError } from 'oauth2-backend';
import { type ClientWorld, clientWorld, rejection } from '../client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

describe('request(input, options)', () => {
  it.each([
    ['origin', 'https://elsewhere.example', OriginError],
    ['path', '/elsewhere', OriginError],
    ['dispatcher', {}, OriginError],
    ['servername', 'elsewhere.example', OriginError],
    ['upgrade', 'websocket', OriginError],
    ['throwOnError', true, TypeError],
    ['maxRedirections', 3, TypeError],
    ['headerz', {}, TypeError],
    ['method', 1, TypeError],
    ['query', { a: '1' }, TypeError],
  ] as const)('refuses %s before any token request', async (name, value, kind) => {
    const error = await rejection(world.backend().request('x?b=2', { [name]: value }));
    expect(error).toBeInstanceOf(kind);
    expect(world.as.requests).toHaveLength(0);
  });

  it.each<[string, string, RequestOptions]>([
    ['an endpoint that refuses connections', 'x', {}],
    ['a target elsewhere', 'https://elsewhere.example/', {}],
    ['a header of its own', 'x', { headers: { authorization: 'x' } }],
    ['a method that is none', 'x', { method: 'GE T' }],
    ['an unknown option', 'x', { headerz: {} } as object],
    ['a signal that has fired', 'x', { signal: AbortSignal.abort() }],
  ])('closes a stream that is not sent: %s', async (_name, input, options) => {
    const body = new Readable({ read() {} });
    const backend = world.backend({ origin: 'http://127.0.0.1:9' });
    await rejection(backend.request(input, { method: 'POST', ...options, body }));
    expect(body.destroyed).toBe(true);
    expect(body.listenerCount('error')).toBeGreaterThan(0);
  });

  it('sends the value that a source gives now, though its object is the same', async () => {
    const token = { value: 'v1', type: 'Bearer' as const, issuedAt: 0, expiresAt: Number.MAX_SAFE_INTEGER };
    const tokens = { api: { token: async () => token, current: () => token } };
    const backend = world.backend({}, { tokens });
    for (const value of ['v1', 'v2']) {
      token.value = value;
      for (const call of [backend.request('x'), backend.fetch('x'), backend.got('x')]) await call;
    }
    expect(world.api.tokens()).toEqual(['v1', 'v1', 'v1', 'v2', 'v2', 'v2']);
    token.value = 'a,b';
    await expect(backend.request('x')).rejects.toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN' });
  });

  it('passes on what is safe', async () => {
    const infos: number[] = [];
    const answer = await world.backend().request('x', {
      query: { a: ['1', '2'], b: 'ä &' },
      opaque: 'mine',
      responseHeaders: 'raw',
      highWaterMark: 1_024,
      idempotent: false,
      blocking: true,
      reset: true,
      expectContinue: false,
      headersTimeout: 1_000,
      bodyTimeout: 1_000,
      onInfo: ({ statusCode }: { statusCode: number }) => infos.push(statusCode),
    } as object);
    expect(answer.opaque).toBe('mine');
    expect(answer.headers).toContain('application/json');
    expect(await answer.body.json()).toMatchObject({ url: '/x?a=1&a=2&b=%C3%A4%20%26' });
    expect(world.api.requests[0]?.headers.connection).toBe('close');
  });

  it('reads headers in each form, and keeps lists', async () => {
    const forms: unknown[] = [
      { 'X-A': ['1', '2'] },
      ['X-A', '1', 'x-a', '2'],
      [
        ['X-A', '1'],
        ['x-a', '2'],
      ],
      new Map([['X-A', ['1', '2']]]),
      new Headers([
        ['x-a', '1'],
        ['x-a', '2'],
      ]),
    ];
    const backend = world.backend();
    for (const headers of forms) {
      await (await backend.request('x', { headers } as RequestOptions)).body.dump();
      expect(world.api.requests.at(-1)?.headers['x-a']).toBe('1, 2');
    }
    await (await backend.request('x', { headers: { constructor: 'a', ['__proto__']: 'b' } })).body.dump();
    expect(world.api.requests.at(-1)?.headers['constructor']).toBe('a');
  });

  it('judges a 401 with raw headers', async () => {
    world.api.revoke('token-1');
    world.api.challenge = ['Basic', 'Bearer error="invalid_request"'];
    const backend = await world.acceptedBackend();
    const answer = await backend.request('x', { responseHeaders: 'raw' });
    expect(answer.statusCode).toBe(401);
    await answer.body.dump();
    world.api.challenge = 'Bearer';
    expect(await backend.request('x', { responseHeaders: 'raw' })).toMatchObject({ statusCode: 200 });
  });

  it('ends by an emitter that emits abort, before and during the call', async () => {
    const backend = world.backend();
    world.as.hold();
    const signal = new EventEmitter();
    const aborted = rejection(backend.request('x', { signal }));
    await world.as.arrived(1);
    signal.emit('abort');
    expect(await aborted).toMatchObject({ name: 'AbortError', code: 'UND_ERR_ABORTED' });
    expect(signal.listenerCount('abort')).toBe(0);
    const reason = new Error('before');
    const fired = Object.assign(new EventEmitter(), { aborted: true, reason });
    expect(await rejection(backend.request('x', { signal: fired }))).toBe(reason);
  });

  it('closes a stream that is not sent', async () => {
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    const body = Readable.from(['text']);
    const error = await rejection(world.backend().request('x', { method: 'POST', body }));
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(body.destroyed).toBe(true);
  });

  it("leaves a caller's own mistake to undici, without a status", async () => {
    for (const options of [{ headers: { 'x a': '1' } }, { highWaterMark: -1 }, { method: 'CONNECT' }]) {
      const error = await rejection(world.backend().request('x', options));
      expect(error).toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
      expect(error).not.toHaveProperty('statusCode');
    }
    expect(world.api.requests).toHaveLength(0);
  });

  it('is under way until the last byte has come: close() ends its body', async () => {
    const origin = await world.serve((_, response) => void response.write('half'));
    const backends = world.backends({ origin, timeout: '0s', ttfb_timeout: '0s' });
    const { body } = await backends.get('api').request('x');
    const broken = rejection(body.text());
    await backends.close({ timeout: 20 });
    expect(await broken).toMatchObject({ code: 'ERR_OAUTH2_CLOSED' });
    const whole = world.backends();
    await whole.get('api').request('x');
    // Nobody reads the body, but all of it is here: waiting would take longer than the test may.
    await whole.close({ timeout: 60_000 });
  });
});

it('fetch without limits and signals is ended by close()', async () => {
  const backends = world.backends({ timeout: '0s', ttfb_timeout: '0s' });
  await backends.ready();
  world.api.hold();
  const running = rejection(backends.get('api').fetch('x'));
  await world.api.arrived(1);
  await backends.close({ timeout: 20 });
  expect(await running).toMatchObject({ code: 'ERR_OAUTH2_CLOSED' });
});
