import { once } from 'node:events';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CancelError, type ExtendOptions, HTTPError, type OptionsOfTextResponseBody, ParseError } from 'got';
import {
  AuthorizationHeaderError,
  bearer,
  bearerGot,
  OriginError,
  staticToken,
  TokenRequestError,
} from 'oauth2-backend';
import { type ClientWorld, clientWorld, rejection } from '../client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

const seen = { method: 'GET', url: '/x', token: 'token-1' };

describe('got(input, options)', () => {
  it('gives .json(), .text(), .buffer(), and the response itself', async () => {
    const { got } = world.backend();
    expect(await got('x').json()).toEqual(seen);
    expect(JSON.parse(await got('x').text())).toEqual(seen);
    expect(JSON.parse((await got('x').buffer()).toString())).toEqual(seen);
    expect(await got('x')).toMatchObject({ statusCode: 200, body: JSON.stringify(seen), url: `${world.api.origin}/x` });
  });

  it('asks for JSON with .json() alone, unless the caller says otherwise', async () => {
    const { got } = world.backend();
    await got('x').json();
    await got('x').text();
    await got('x', { headers: { Accept: 'text/own' } }).json();
    await got
      .extend({ headers: { accept: 'text/instance' } })('x')
      .json();
    expect(world.api.requests.map(({ headers }) => headers.accept)).toEqual([
      'application/json',
      undefined,
      'text/own',
      'text/instance',
    ]);
  });

  it('obeys responseType, resolveBodyOnly, parseJson, searchParams and context', async () => {
    const { got } = world.backend();
    expect((await got('x', { responseType: 'json' })).body).toEqual(seen);
    expect(await got('x', { responseType: 'json', resolveBodyOnly: true })).toEqual(seen);
    expect(await got.extend({ responseType: 'buffer', resolveBodyOnly: true })('x')).toBeInstanceOf(Uint8Array);
    expect(await got('x', { parseJson: () => 'own' }).json()).toBe('own');
    await got('x', { searchParams: { q: 'ä' } });
    expect(world.api.requests.at(-1)?.url).toBe('/x?q=%C3%A4');
  });

  it('takes options with a url', async () => {
    const { got } = world.backend();
    expect(await got({ url: 'x' }).json()).toEqual(seen);
    expect(await got(undefined as never, { url: 'x' }).json()).toEqual(seen);
  });

  it.each(['get', 'post', 'put', 'patch', 'head', 'delete'] as const)('has the shortcut .%s', async (method) => {
    const backend = world.backend();
    await backend.got[method]('x');
    await backend.got.extend()[method]('x');
    await once(backend.got.stream[method]('x', /^[pd]/.test(method) ? { body: 'x' } : {}).resume(), 'end');
    expect(world.api.requests.map((request) => request.method)).toEqual(Array(3).fill(method.toUpperCase()));
  });

  it('tells of progress, of the last attempt too', async () => {
    world.api.revoke('token-1');
    const progress = jest.fn();
    const response = jest.fn();
    const { got } = await world.acceptedBackend();
    await got('x').on('downloadProgress', progress).on('response', response);
    expect(progress).toHaveBeenLastCalledWith(expect.objectContaining({ percent: 1 }));
    expect(response).toHaveBeenCalledTimes(1);
    expect(response).toHaveBeenCalledWith(expect.objectContaining({ statusCode: 200 }));
  });

  it('can be cancelled while the token is awaited: nothing is sent then', async () => {
    const backend = world.backend();
    const release = world.as.hold();
    const call = backend.got('x');
    const outcome = rejection(call);
    await world.as.arrived(1);
    call.cancel();
    expect(await outcome).toBeInstanceOf(CancelError);
    expect(call.isCanceled).toBe(true);
    release();
    await backend.got('y');
    await backend.got('z');
    expect(world.api.requests.map(({ url }) => url)).toEqual(['/y', '/z']);
  });

  it('can be cancelled at once, while the body is read, and while the request is under way', async () => {
    const backend = world.backend();
    await backend.token();
    const now = backend.got('x');
    const first = rejection(now);
    now.cancel();
    expect(await first).toBeInstanceOf(CancelError);

    const reading = backend.got.post('x', { body: new Blob(['x']) as never });
    const second = rejection(reading);
    await Promise.resolve();
    reading.cancel();
    expect(await second).toBeInstanceOf(CancelError);

    world.api.hold();
    const running = backend.got('running').json();
    const third = rejection(running);
    await world.api.arrived(1);
    running.cancel();
    expect(await third).toBeInstanceOf(CancelError);
    expect(await world.api.requests[0]?.answered).toBe(false);
    expect(world.api.requests.map(({ url }) => url)).toEqual(['/running']);
  });

  it('retries only when the caller says so', async () => {
    const { got } = world.backend();
    world.api.next({ status: 503 }, { status: 503 });
    expect(await rejection(got('x'))).toBeInstanceOf(HTTPError);
    expect(world.api.requests).toHaveLength(1);
    const retry = { limit: 2, calculateDelay: () => 1 };
    expect(await got('x', { retry }).json()).toEqual(seen);
    world.api.next({ status: 503 });
    expect(await got.extend({ retry })('x').json()).toEqual(seen);
    expect(new Set(world.api.tokens())).toEqual(new Set(['token-1']));
  });

  it('never retries a token error', async () => {
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    const calculateDelay = jest.fn(() => 1);
    const error = await rejection(world.backend().got('x', { retry: { limit: 3, calculateDelay } }));
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(world.as.requests).toHaveLength(1);
    expect(calculateDelay).not.toHaveBeenCalled();
  });

  it('never retries a token error after a 401', async () => {
    const backend = await world.acceptedBackend();
    await backend.token();
    world.api.valid = () => false;
    world.as.failure = { status: 503, headers: { 'retry-after': '1' } };
    const calculateDelay = jest.fn(() => 1);
    const error = await rejection(backend.got('x', { retry: { limit: 3, calculateDelay } }));
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error).toMatchObject({ resource: { status: 401 } });
    expect(calculateDelay).not.toHaveBeenCalled();
    expect(world.api.requests).toHaveLength(1);
  });

  it('runs handlers and merges options along a chain of extend', async () => {
    const order: string[] = [];
    const { got } = world.backend();
    const handler = (label: string): NonNullable<ExtendOptions['handlers']> => [
      (options, next) => {
        order.push(label);
        return next(options);
      },
    ];
    const client = got
      .extend({ headers: { 'x-a': '1' }, handlers: handler('a') })
      .extend({ headers: { 'x-b': '2' }, handlers: handler('b') }, { searchParams: { q: '1' } });
    await client('x', { headers: { 'x-c': '3' } });
    expect(order).toEqual(['a', 'b']);
    expect(world.api.requests[0]).toMatchObject({ url: '/x?q=1', headers: { 'x-a': '1', 'x-b': '2', 'x-c': '3' } });
    await client
      .extend({})('https://elsewhere.example')
      .then(
        () => expect('sent').toBe('refused'),
        (error) => expect(error).toBeInstanceOf(OriginError),
      );
  });

  const refused: readonly [string, unknown][] = [
    ['prefixUrl', 'https://elsewhere.example'],
    ['request', () => undefined],
    ['agent', {}],
    ['http2', true],
    ['https', { rejectUnauthorized: false }],
    ['dnsLookup', () => undefined],
    ['createConnection', () => undefined],
    ['enableUnixSockets', true],
    ['cache', new Map()],
  ];
  it.each(refused)('refuses %s, per call, in a stream, in pages and in extend', async (option, value) => {
    const { got } = world.backend();
    const options = { [option]: value } as OptionsOfTextResponseBody;
    expect(await rejection(got('x', options))).toBeInstanceOf(OriginError);
    expect(await rejection(got({ url: 'x', ...options }))).toBeInstanceOf(OriginError);
    expect(await rejection(got.paginate.all('x', options as never))).toBeInstanceOf(OriginError);
    const [error] = await once(got.stream('x', options as object), 'error', {
      signal: AbortSignal.timeout(1_000),
    }).catch((thrown: unknown) => [thrown]);
    expect(error).toBeInstanceOf(OriginError);
    expect(() => got.extend(options)).toThrow(OriginError);
    expect(world.as.requests).toHaveLength(0);
  });

  it.each(['username', 'password'])('refuses %s', async (option) => {
    const { got } = world.backend();
    expect(await rejection(got('x', { [option]: 'x' }))).toBeInstanceOf(AuthorizationHeaderError);
    expect(() => got.extend({ [option]: 'x' })).toThrow(AuthorizationHeaderError);
  });

  it('refuses Authorization in extend and in options with a url', async () => {
    const { got } = world.backend();
    const headers = { AUTHORIZATION: 'x' };
    expect(() => got.extend({ headers })).toThrow(AuthorizationHeaderError);
    expect(await rejection(got({ url: 'x', headers }))).toBeInstanceOf(AuthorizationHeaderError);
    expect(world.as.requests).toHaveLength(0);
  });
});

describe("what code of the caller's sees of a call", () => {
  it('a hook finds a real signal, per call and by extend, which fires when the call ends', async () => {
    const found: unknown[] = [];
    const hooks = { beforeRequest: [(options: { signal?: unknown }) => void found.push(options.signal)] };
    const { got } = world.backend();
    await got('x', { hooks });
    await got.extend({ hooks }).get('x');
    const held = world.api.hold();
    const call = got('x', { hooks });
    await world.api.arrived(3);
    call.cancel();
    expect(await rejection(call)).toBeInstanceOf(CancelError);
    held();
    expect(found).toEqual([expect.any(AbortSignal), expect.any(AbortSignal), expect.any(AbortSignal)]);
    expect((found[2] as AbortSignal).aborted).toBe(true);
  });

  it('an answer keeps its requests out of console output, and gives them by name', async () => {
    const answer = await world.backend().got('x');
    expect(inspect(answer, { depth: 8 })).not.toContain('Bearer token-1');
    expect(answer.request.options.url?.toString()).toBe(`${world.api.origin}/x`);
    expect((answer as unknown as { req: { method: string } }).req.method).toBe('GET');
  });
});

describe("got's errors", () => {
  it('keep their class and the answer as plain fields; 502 towards the inbound client', async () => {
    world.api.next({ status: 404, body: { why: 'gone' }, headers: { 'x-reason': 'gone' } });
    const error = await rejection(world.backend().got('x', { responseType: 'json' }));
    expect(error).toBeInstanceOf(HTTPError);
    expect(error).toMatchObject({
      response: {
        statusCode: 404,
        body: { why: 'gone' },
        headers: { 'x-reason': 'gone' },
        url: `${world.api.origin}/x`,
      },
      statusCode: 502,
      status: 502,
      expose: false,
    });
    expect(Object.keys(error)).not.toEqual(expect.arrayContaining(['options']));
    for (const hidden of ['options', 'request', 'response', 'statusCode', 'status', 'expose'])
      expect(Object.keys(error)).not.toContain(hidden);
    expect(error).not.toHaveProperty('headers');
    expect(Object.isExtensible(error)).toBe(true);
  });

  it.each(['promise', 'stream', 'paginate', 'reset', 'json'])('hold nothing secret: %s', async (kind) => {
    const { got } = world.backend();
    world.api.next(kind === 'reset' ? { reset: true } : kind === 'json' ? { body: 'no json' } : { status: 500 });
    const error = await (kind === 'stream'
      ? once(got.stream('x').resume(), 'end').then(
          () => undefined as never,
          (reason: Error & Record<string, unknown>) => reason,
        )
      : rejection(kind === 'paginate' ? got.paginate.all('x') : kind === 'json' ? got('x').json() : got('x')));
    expect(error).toMatchObject({ statusCode: 502, expose: false });
    if (kind === 'json') expect(error).toBeInstanceOf(ParseError);
    const shown = [inspect(error, { depth: 10 }), JSON.stringify(error), String(error), error.stack].join('\n');
    expect(shown).not.toMatch(/token-1|the-secret/);
  });

  it('with throwHttpErrors false are answers', async () => {
    const { got } = world.backend();
    world.api.next({ status: 500, body: 'oh' }, { status: 500, body: 'oh' });
    expect(await got('x', { throwHttpErrors: false })).toMatchObject({ statusCode: 500, body: 'oh' });
    expect(await got.extend({ throwHttpErrors: false })('x').text()).toBe('oh');
  });

  it('for a 401 that is the answer is an HTTPError with its body', async () => {
    world.api.challenge = 'Bearer error="insufficient_scope"';
    world.api.revoke('token-1');
    const error = await rejection(world.backend().got('x').json());
    expect(error).toBeInstanceOf(HTTPError);
    expect(error).toMatchObject({ response: { statusCode: 401, body: '{"refused":"token-1"}' }, statusCode: 502 });
  });
});

describe('got.stream', () => {
  it("carries the token and is not repeated; its 401 is the caller's and the next request has a newer token", async () => {
    const { got } = await world.acceptedBackend();
    world.api.revoke('token-1');
    const stream = got.stream('x', { throwHttpErrors: false });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual({ refused: 'token-1' });
    expect(stream.response?.statusCode).toBe(401);
    expect(await got('x').json()).toMatchObject({ token: 'token-2' });
  });

  it('can be written to', async () => {
    const stream = world.backend().got.stream.post('echo');
    stream.end('written');
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('written');
    expect(world.api.tokens()).toEqual(['token-1']);
  });

  it('emits a token error as itself', async () => {
    world.as.failure = { status: 400 };
    const [error] = await once(world.backend().got.stream('x'), 'error').catch((reason: unknown) => [reason]);
    expect(error).toBeInstanceOf(TokenRequestError);
  });

  it('ends with the reason of the signal', async () => {
    const backend = world.backend();
    world.api.hold();
    const controller = new AbortController();
    const stream = backend.got.stream('x', { signal: controller.signal });
    const failed = once(stream, 'end').catch((reason: unknown) => reason);
    stream.resume();
    await world.api.arrived(1);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await failed).toBe(reason);
  });
});

describe('got.paginate', () => {
  it('is not repeated after a 401; the next pages have a newer token', async () => {
    const { got } = await world.acceptedBackend();
    world.api.revoke('token-1');
    expect(await rejection(got.paginate.all('x'))).toBeInstanceOf(HTTPError);
    world.api.next({ body: [1] });
    expect(await got.paginate.all('x')).toEqual([1]);
    expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
  });

  it('takes what an instance has', async () => {
    world.api.next({ body: { items: [1, 2] } });
    const client = world.backend().got.extend({ headers: { 'x-mine': '1' } });
    const items: unknown[] = [];
    const pagination = { transform: ({ body }: { body: unknown }) => (body as { items: number[] }).items };
    for await (const item of client.paginate('x', { responseType: 'json', pagination } as never)) items.push(item);
    expect(items).toEqual([1, 2]);
    expect(world.api.requests[0]?.headers['x-mine']).toBe('1');
  });
});

describe('bearerGot(bearer)', () => {
  it('is the same without a configuration', async () => {
    const got = bearerGot(bearer(staticToken('mine'), { origin: world.api.origin, pathPrefix: '/v1' }));
    expect(await got('x').json()).toEqual({ method: 'GET', url: '/v1/x', token: 'mine' });
    expect(await rejection(got('https://elsewhere.example/'))).toBeInstanceOf(OriginError);
  });
});
