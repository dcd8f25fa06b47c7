import { EventEmitter, getEventListeners } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AuthorizationHeaderError,
  bearer,
  bearerInterceptor,
  OriginError,
  reuse,
  TokenRequestError,
  type TokenSource,
} from 'oauth2-backend';
import { type RecordingServer, recordingServer } from 'test-servers/recording-server';
import { Agent, type Dispatcher, fetch, interceptors, MockAgent, Headers as UndiciHeaders } from 'undici';
import { accepted } from '../../sources/accepted.js';
import { type ClientWorld, clientWorld, rejection } from '../client-world.js';
import { rawServer } from '../raw-server.js';

let world: ClientWorld;
let foreign: RecordingServer;
let token: Dispatcher.DispatcherComposeInterceptor;
const agents: Agent[] = [];
beforeEach(async () => {
  world = await clientWorld();
  foreign = await recordingServer(() => ({ body: 'foreign' }));
  token = interceptor();
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
  await Promise.all([world.close(), foreign.close()]);
});

function interceptor(pathPrefix?: string, origin = world.api.origin): Dispatcher.DispatcherComposeInterceptor {
  const kept = reuse(source);
  // The API has accepted each token once: a refusal is no matter of its youth.
  const proven: TokenSource = { token: (query) => accepted(kept.token(query)), current: () => kept.current?.() };
  return bearerInterceptor(bearer(proven, { origin, pathPrefix }));
}

/** Each time another token. */
const source: TokenSource = { token: () => world.backend().token() };

function compose(...parts: Dispatcher.DispatcherComposeInterceptor[]): Dispatcher {
  const agent = new Agent();
  agents.push(agent);
  return agent.compose(...parts);
}

type Sending = Partial<Dispatcher.RequestOptions>;

async function send(dispatcher: Dispatcher, path: string, options: Sending = {}) {
  const { statusCode, headers, body } = await dispatcher.request({
    origin: world.api.origin,
    path,
    method: 'GET',
    ...options,
  });
  return { statusCode, headers, body: await body.text() };
}

const redirects = () => interceptors.redirect({ maxRedirections: 5 });
const retries = () => interceptors.retry({ minTimeout: 1, maxRetries: 2 });

describe('bearerInterceptor(bearer)', () => {
  it('puts the token on; it is asked for once', async () => {
    const dispatcher = compose(token);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => send(dispatcher, `/${index}`)));
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
    expect(world.as.requests).toHaveLength(1);
    expect(new Set(world.api.tokens())).toEqual(new Set(['token-1']));
  });

  it("keeps the caller's headers, in each form", async () => {
    const dispatcher = compose(token);
    for (const headers of [
      { 'X-A': '1' },
      ['X-A', '1'],
      new Map([['X-A', '1']]),
      new Headers({ 'X-A': '1' }),
      new UndiciHeaders({ 'X-A': '1' }),
    ]) {
      await send(dispatcher, '/x', { headers: headers as never });
      expect(world.api.requests.at(-1)?.headers).toMatchObject({ 'x-a': '1', authorization: 'Bearer token-1' });
    }
  });

  it.each(['Authorization', 'host', 'PROXY-authorization'])('refuses %s in each form', async (name) => {
    const dispatcher = compose(token);
    const value = 'of-somebody-else';
    for (const headers of [
      { [name]: value },
      [name, value],
      new Map([[name, value]]),
      new Headers([[name, value]]),
      [[name, value]],
    ]) {
      const error = await rejection(send(dispatcher, '/x', { headers: headers as never }));
      expect(error).toBeInstanceOf(AuthorizationHeaderError);
      expect(error.message).not.toContain(value);
    }
    expect(world.as.requests).toHaveLength(0);
    expect(world.api.requests).toHaveLength(0);
  });

  it.each<[string, () => Sending]>([
    ['another port', () => ({ origin: foreign.origin })],
    ['another host', () => ({ origin: 'http://elsewhere.example' })],
    ['another scheme', () => ({ origin: world.api.origin.replace('http:', 'https:') })],
    ['no origin', () => without('origin')],
    ['a path outside the prefix', () => ({ path: '/v2/x' })],
    ['a path that climbs', () => ({ path: '/v1/../x' })],
    ['a path that climbs when decoded', () => ({ path: '/v1/%2e%2e/x' })],
    ['a whole URL for a path', () => ({ path: foreign.origin })],
    ['maxRedirections', () => extra({ maxRedirections: 3 })],
    ['a URL that changes its mind', () => ({ origin: shifty() })],
  ])('refuses %s before any token request', async (_, make) => {
    const dispatcher = compose(interceptor('/v1'));
    expect(await rejection(send(dispatcher, '/v1/x', make()))).toBeInstanceOf(OriginError);
    expect(world.as.requests).toHaveLength(0);
    expect(world.api.requests).toHaveLength(0);
    expect(foreign.requests).toHaveLength(0);
  });

  it('sends what was given at the time of the call', async () => {
    const dispatcher = compose(token);
    const release = world.as.hold();
    const options = {
      origin: new URL(world.api.origin),
      path: '/a',
      method: 'POST' as const,
      body: Buffer.from('one'),
    };
    const answer = dispatcher.request(options);
    await world.as.arrived(1);
    options.origin.port = new URL(foreign.origin).port;
    options.path = '/b';
    options.body.write('two');
    release();
    expect(await (await answer).body.json()).toMatchObject({ url: '/a' });
    expect(world.api.requests[0]?.body.toString()).toBe('one');
  });

  it('serves fetch and stream', async () => {
    const dispatcher = compose(token);
    const answer = await fetch(`${world.api.origin}/x`, { dispatcher });
    expect(await answer.json()).toMatchObject({ url: '/x', token: 'token-1' });
    world.api.revoke('token-1');
    const chunks: Buffer[] = [];
    const sink = new Writable({ write: (chunk, _, done) => done(void chunks.push(chunk)) });
    await dispatcher.stream({ origin: world.api.origin, path: '/y', method: 'GET' }, () => sink);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({ url: '/y', token: 'token-2' });
  });

  it('opens no tunnels', async () => {
    const error = await rejection(compose(token).connect({ origin: world.api.origin, path: '/' }));
    expect(error).toBeInstanceOf(OriginError);
  });

  it('gives the token error when there is no token, and sends nothing', async () => {
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    expect(await rejection(send(compose(token), '/x'))).toBeInstanceOf(TokenRequestError);
    expect(world.api.requests).toHaveLength(0);
  });
});

describe('bearerInterceptor(bearer): a 401', () => {
  it.each([
    ['nothing', undefined],
    ['a string', 'text'],
    ['a Buffer', Buffer.from('text')],
    ['bytes', new Uint8Array(Buffer.from('text'))],
  ])('is repeated with a new token when the body is %s', async (_, body) => {
    world.api.revoke('token-1');
    const answer = await send(compose(token), '/echo', { method: 'POST', body: body ?? null });
    expect(answer).toMatchObject({ statusCode: 200, body: body === undefined ? '' : 'text' });
    expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
    const [first, second] = world.api.requests;
    expect(second?.body).toEqual(first?.body);
  });

  it('of a stream is the answer, headers and body, and the next request has a new token', async () => {
    world.api.revoke('token-1');
    const dispatcher = compose(token);
    const answer = await send(dispatcher, '/echo', { method: 'POST', body: Readable.from(['text']) });
    expect(answer).toMatchObject({ statusCode: 401, body: '{"refused":"token-1"}' });
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(await send(dispatcher, '/x')).toMatchObject({ statusCode: 200 });
    expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
  });

  it('is the answer after as many repeats as allowed, and when another token cannot help', async () => {
    world.api.valid = () => false;
    expect(await send(compose(token), '/x')).toMatchObject({ statusCode: 401, body: '{"refused":"token-2"}' });
    world.api.challenge = 'Bearer error="insufficient_scope"';
    expect(await send(compose(token), '/x')).toMatchObject({ statusCode: 401 });
    // So soon after a renewal an accepted token is tried as it is; then it was refused at the end of the first request.
    expect(world.api.tokens()).toEqual(['token-1', 'token-2', 'token-2', 'token-3']);
  });

  it('is the answer when the budget is spent, though repeats were accepted', async () => {
    const dispatcher = compose(token);
    for (let count = 1; count <= 6; count++) {
      world.api.revoke(`token-${count}`);
      expect(await send(dispatcher, '/x')).toMatchObject({ statusCode: count <= 5 ? 200 : 401 });
    }
  });

  it('of 200 MB is not read before the repeat', async () => {
    let sent = 0;
    const origin = await world.serve((request, response) => {
      if (request.headers.authorization !== 'Bearer token-1') return void response.end('fine');
      response.writeHead(401, { 'content-length': 200_000_000 });
      const timer = setInterval(() => {
        sent += 16_384;
        response.write(Buffer.alloc(16_384));
      }, 5);
      response.once('close', () => clearInterval(timer));
    });
    const dispatcher = compose(interceptor(undefined, origin));
    expect(await send(dispatcher, '/x', { origin })).toMatchObject({ statusCode: 200, body: 'fine' });
    expect(sent).toBeLessThan(1_000_000);
  });

  it('whose renewal fails gives the token error', async () => {
    const dispatcher = compose(token);
    await send(dispatcher, '/warm');
    world.api.revoke('token-1');
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    expect(await rejection(send(dispatcher, '/x'))).toMatchObject({ resource: { status: 401 } });
  });

  it('is repeated on a dispatcher that knows no pause', async () => {
    const mock = new MockAgent();
    mock.disableNetConnect();
    const pool = mock.get(world.api.origin);
    pool.intercept({ path: '/x', headers: { authorization: 'Bearer token-1' } }).reply(401, 'no');
    pool.intercept({ path: '/x', headers: { authorization: 'Bearer token-2' } }).reply(200, 'yes');
    expect(await send(mock.compose(token), '/x')).toMatchObject({ statusCode: 200, body: 'yes' });
    pool
      .intercept({ path: '/y' })
      .reply(401, 'no', { headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } });
    expect(await send(mock.compose(token), '/y')).toMatchObject({ statusCode: 401, body: 'no' });
    await mock.close();
  });
});

describe('bearerInterceptor(bearer): abort', () => {
  const cases = ['while the token is awaited', 'while it is renewed', 'while the answer is awaited'] as const;

  it.each(cases.flatMap((when) => (['AbortSignal', 'EventEmitter'] as const).map((kind) => [kind, when] as const)))(
    'by an %s %s releases at once',
    async (kind, when) => {
      const dispatcher = compose(token);
      if (when !== 'while the token is awaited') await send(dispatcher, '/warm');
      if (when === 'while it is renewed') world.api.revoke('token-1');
      const release = when === 'while the answer is awaited' ? world.api.hold() : world.as.hold();
      const controller = new AbortController();
      const emitter = new EventEmitter();
      const aborted = rejection(
        send(dispatcher, '/x', { signal: kind === 'AbortSignal' ? controller.signal : emitter }),
      );
      if (when === 'while the answer is awaited') await world.api.arrived(2);
      else await world.as.arrived(when === 'while it is renewed' ? 2 : 1);
      const reason = new Error('enough');
      controller.abort(reason);
      emitter.emit('abort');
      const error = await aborted;
      if (kind === 'AbortSignal') expect(error).toBe(reason);
      else expect(error.name).toBe('AbortError');
      release();
      expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
      expect(emitter.listenerCount('abort')).toBe(0);
      expect(world.api.requests.filter(({ url }) => url === '/x')).toHaveLength(when === cases[0] ? 0 : 1);
    },
  );

  it('by the handler while the token is awaited sends nothing', async () => {
    world.as.hold();
    const options = { origin: world.api.origin, path: '/x', method: 'GET' as const };
    const error = await new Promise<Error>((resolve) => {
      compose(token).dispatch(options, {
        onRequestStart: (controller) => void setTimeout(() => controller.abort(new Error('enough')), 20),
        onResponseError: (_, reason) => resolve(reason),
      });
    });
    expect(error.message).toBe('enough');
    expect(world.api.requests).toHaveLength(0);
  });
});

describe('bearerInterceptor(bearer) composed with redirect and retry', () => {
  const orders: readonly [string, () => Dispatcher.DispatcherComposeInterceptor[], boolean][] = [
    ['token, redirect', () => [token, redirects()], true],
    ['redirect, token', () => [redirects(), token], false],
    ['token, redirect, retry', () => [token, redirects(), retries()], true],
    ['token, retry, redirect', () => [token, retries(), redirects()], true],
    ['retry, token, redirect', () => [retries(), token, redirects()], true],
    ['redirect, token, retry', () => [redirects(), token, retries()], false],
    ['redirect, retry, token', () => [redirects(), retries(), token], false],
    ['retry, redirect, token', () => [retries(), redirects(), token], false],
  ];

  describe.each(orders)('%s', (_, parts, follows) => {
    const redirect = (to: string, status: number) => ({ status, headers: { location: to } });
    const prefixed = () => {
      token = interceptor('/v1');
      return compose(...parts());
    };

    it.each([301, 302, 303, 307, 308])('a %d elsewhere is not followed with the token', async (status) => {
      const dispatcher = prefixed();
      const { host, port } = new URL(world.api.origin);
      for (const to of [
        `${foreign.origin}/v1/x`,
        `//localhost:${port}/v1/x`,
        `https://${host}/v1/x`,
        '/v2/x',
        '/v1/..%2fx',
      ]) {
        world.api.reset();
        world.api.next(redirect(to, status));
        const outcome = await send(dispatcher, '/v1/x').catch((error: unknown) => error);
        if (follows) expect(outcome).toBeInstanceOf(OriginError);
        else expect(outcome).toMatchObject({ statusCode: status });
        expect(world.api.requests).toHaveLength(1);
        expect(foreign.requests).toHaveLength(0);
      }
    });

    it('a redirect below the prefix carries the token, or is the answer', async () => {
      const dispatcher = prefixed();
      world.api.next({ status: 302, headers: { location: '/v1/y' } });
      const answer = await send(dispatcher, '/v1/x');
      if (follows) expect(JSON.parse(answer.body)).toMatchObject({ url: '/v1/y', token: 'token-1' });
      else expect(answer.statusCode).toBe(302);
      expect(world.api.tokens()).toEqual(follows ? ['token-1', 'token-1'] : ['token-1']);
    });

    it('a 401 is repeated', async () => {
      const dispatcher = prefixed();
      world.api.revoke('token-1');
      expect(await send(dispatcher, '/v1/x', { method: 'POST', body: 'text' })).toMatchObject({ statusCode: 200 });
      expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
    });
  });

  it.each([
    ['token, retry', () => [token, retries()]],
    ['retry, token', () => [retries(), token]],
  ])('%s: a 503 is retried with the token', async (_, parts) => {
    const dispatcher = compose(...parts());
    world.api.next({ status: 503 });
    expect(await send(dispatcher, '/x')).toMatchObject({ statusCode: 200 });
    expect(world.api.tokens()).toEqual(['token-1', 'token-1']);
  });
});

/** What the types would not let pass. */
function extra(options: object): Sending {
  return options;
}

function without(name: keyof Sending): Sending {
  return extra({ [name]: undefined });
}

/** Ours when first asked, then the other. */
function shifty(): URL {
  let asked = 0;
  return Object.defineProperty(new URL(foreign.origin), 'href', {
    get: () => (asked++ === 0 ? `${foreign.origin}/` : world.api.origin),
  });
}

describe('an answer that cannot be read', () => {
  it('is an error without its bytes: the server may have repeated the token', async () => {
    const raw = await rawServer((head) => `HTTP/1.1 200 OK\r\nbad header ${head}\r\n\r\n`);
    try {
      const agent = compose(interceptor(undefined, raw.origin));
      const error = await rejection(agent.request({ origin: raw.origin, path: '/x', method: 'GET' }));
      expect(String(error)).toContain('HTTPParserError');
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/token-1/);
    } finally {
      raw.close();
    }
  });
});
