import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OptionsInit, OptionsOfTextResponseBody } from 'got';
import { OriginError } from 'oauth2-backend';
import { type RecordingServer, recordingServer } from 'test-servers/recording-server';
import { type ClientWorld, clients, clientWorld, rejection } from './client-world.js';

let world: ClientWorld;
let foreign: RecordingServer;
beforeEach(async () => {
  world = await clientWorld();
  foreign = await recordingServer(() => ({ body: 'foreign' }));
});
afterEach(() => Promise.all([world.close(), foreign.close()]));

const redirect = (to: string, status = 302) => `redirect?status=${status}&to=${encodeURIComponent(to)}`;
/** What a user's hook may try. */
const moveAway = (options: { url?: string | URL | undefined }): void => {
  options.url = new URL(foreign.origin);
};
const STATUSES = [301, 302, 303, 307, 308];

describe.each(clients)('$name: a redirect', ({ send, follows }) => {
  const itFollows = follows ? it : it.skip;

  it.each(STATUSES)('%d to another port is not followed: the foreign server sees nothing (104)', async (status) => {
    const to = `${foreign.origin}/x`;
    const answer = await send(world.backend(), redirect(to, status));
    expect(answer.status).toBe(status);
    expect(answer.header('location')).toBe(to);
    expect(foreign.requests).toHaveLength(0);
    expect(world.api.requests).toHaveLength(1);
  });

  it.each([
    ['another host', (port: string) => `http://localhost:${port}/x`],
    ['another scheme', (port: string) => `https://127.0.0.1:${port}/x`],
    ['another host without a scheme', (port: string) => `//localhost:${port}/x`],
    ['another host behind backslashes', (port: string) => `\\\\localhost:${port}/x`],
    ['user info', (port: string) => `http://user:pass@127.0.0.1:${port}/x`],
    ['something that is no http', () => 'ftp://127.0.0.1/x'],
  ])('to %s is the plain answer (104)', async (_, make) => {
    const answer = await send(world.backend(), redirect(make(new URL(world.api.origin).port)));
    expect(answer.status).toBe(302);
    expect(world.api.requests).toHaveLength(1);
  });

  it.each(['/v2/x', '/x', '/v1x', '/v1/../x', '/v1/%2e%2e/x', '/v1/..%2fx'])(
    'out of path_prefix is the plain answer: %s',
    async (to) => {
      world.api.next({ status: 302, headers: { location: to } });
      const answer = await send(world.backend({ path_prefix: '/v1' }), 'x');
      expect(answer).toMatchObject({ status: 302 });
      expect(answer.header('location')).toBe(to);
      expect(world.api.requests).toHaveLength(1);
    },
  );

  itFollows('below origin and path_prefix is followed with the token, hop by hop', async () => {
    const backend = world.backend({ path_prefix: '/v1' });
    world.api.next({ status: 302, headers: { location: '/v1/a' } }, { status: 307, headers: { location: 'b?c' } });
    const answer = await send(backend, 'x');
    expect(JSON.parse(answer.body)).toEqual({ method: 'GET', url: '/v1/b?c', token: 'token-1' });
    expect(world.api.tokens()).toEqual(['token-1', 'token-1', 'token-1']);
  });

  itFollows('that ends elsewhere after hops below is the plain answer of the last hop below', async () => {
    const answer = await send(world.backend(), redirect(`/${redirect(`${foreign.origin}/x`, 307)}`));
    expect(answer.status).toBe(307);
    expect(foreign.requests).toHaveLength(0);
  });

  itFollows('whose end answers 401 is repeated from the original URL', async () => {
    const backend = world.backend();
    await send(backend, 'warm');
    world.api.reset();
    world.api.next({ status: 302, headers: { location: '/end' } });
    world.api.revoke('token-1');
    const answer = await send(backend, 'start', { method: 'GET' });
    expect(JSON.parse(answer.body)).toEqual({ method: 'GET', url: '/start', token: 'token-2' });
    expect(world.api.requests.map(({ url }) => url)).toEqual(['/start', '/end', '/start']);
  });

  it('of a backend without oauth2 is judged alike', async () => {
    const backend = world.backend({ oauth2: false });
    world.api.valid = () => true;
    expect(await send(backend, redirect(`${foreign.origin}/x`))).toMatchObject({ status: 302 });
    expect(foreign.requests).toHaveLength(0);
  });
});

describe('got: a redirect to a foreign host', () => {
  const away = () => redirect(`${foreign.origin}/x`, 307);

  it.each<[string, () => OptionsOfTextResponseBody]>([
    ['followRedirect true', () => ({ followRedirect: true })],
    ['a followRedirect function', () => ({ followRedirect: () => true })],
    ['maxRedirects', () => ({ maxRedirects: 50, methodRewriting: true })],
    ['beforeRedirect', () => ({ hooks: { beforeRedirect: [(options) => void options.headers] } })],
  ])('is the plain answer with %s, also as an instance', async (_, make) => {
    const { got } = world.backend();
    expect((await got(away(), make())).statusCode).toBe(307);
    expect((await got.extend(make())(away())).statusCode).toBe(307);
    expect((await got.post(away(), { ...make(), json: { a: 1 } })).statusCode).toBe(307);
    expect(foreign.requests).toHaveLength(0);
  });

  it('is the plain answer of a stream', async () => {
    const chunks: Buffer[] = [];
    const stream = world.backend().got.stream(away());
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(stream.response?.statusCode).toBe(307);
    expect(foreign.requests).toHaveLength(0);
  });

  it('followRedirect false and a function that says no leave inner redirects to the caller', async () => {
    const { got } = world.backend();
    for (const followRedirect of [false, () => false]) {
      expect((await got(redirect('/x'), { followRedirect })).statusCode).toBe(302);
      expect((await got.extend({ followRedirect })(redirect('/x'))).statusCode).toBe(302);
    }
  });
});

describe("got: a user's hooks", () => {
  const moves: readonly [string, () => OptionsOfTextResponseBody][] = [
    ['beforeRequest', () => ({ hooks: { beforeRequest: [moveAway] } })],
    ['init', () => ({ hooks: { init: [(_, self) => moveAway(self)] } })],
    ['beforeRedirect', () => ({ hooks: { beforeRedirect: [moveAway] } })],
  ];

  it.each(moves)('that move options.url away end the call before anything is sent there: %s', async (_, make) => {
    const { got } = world.backend();
    const target = redirect('/inner');
    for (const call of [
      () => got(target, make()),
      () => got.extend(make())(target),
      () => got.extend(make()).get(target).text(),
    ]) {
      await call().then(
        () => undefined,
        (error) => expect(error).toBeInstanceOf(OriginError),
      );
    }
    expect(foreign.requests).toHaveLength(0);
  });

  it('that move options.url in beforeRequest give an OriginError, in streams too', async () => {
    const { got } = world.backend();
    const options: OptionsOfTextResponseBody = { hooks: { beforeRequest: [moveAway] } };
    expect(await rejection(got('x', options))).toBeInstanceOf(OriginError);
    const stream = got.stream('x', options as object);
    expect(await new Promise((resolve) => stream.once('error', resolve))).toBeInstanceOf(OriginError);
    expect(foreign.requests).toHaveLength(0);
    expect(world.api.requests).toHaveLength(0);
  });

  it("cannot set the headers that are the backend's", async () => {
    for (const name of ['authorization', 'Host', 'PROXY-authorization']) {
      const hooks: NonNullable<OptionsInit['hooks']> = {
        beforeRequest: [(options) => void Object.assign(options.headers, { [name]: 'mine' })],
      };
      const error = await rejection(world.backend().got('x', { hooks }));
      expect(error['code']).toBe('ERR_OAUTH2_AUTHORIZATION_HEADER');
    }
    expect(world.api.requests).toHaveLength(0);
  });

  it('run, and what they add travels with the token; they never see it', async () => {
    const seen: unknown[] = [];
    const hooks: NonNullable<OptionsInit['hooks']> = {
      beforeRequest: [
        (options) => {
          options.headers['x-mine'] = 'yes';
          seen.push(options.headers['authorization']);
        },
      ],
      beforeRedirect: [(options) => void Object.assign(options.headers, { 'x-hop': '2' })],
      afterResponse: [
        (response) => {
          seen.push(response.statusCode);
          return response;
        },
      ],
    };
    await world.backend().got.extend({ hooks })(redirect('/end'));
    expect(seen).toEqual([undefined, undefined, 200]);
    expect(world.api.tokens()).toEqual(['token-1', 'token-1']);
    expect(world.api.requests[1]?.headers).toMatchObject({ 'x-mine': 'yes', 'x-hop': '2' });
  });

  it('that repeat from afterResponse with another URL do not get away', async () => {
    const hooks: NonNullable<OptionsInit['hooks']> = {
      afterResponse: [(_, retry) => retry({ url: new URL(foreign.origin) })],
    };
    expect(await rejection(world.backend().got('x', { hooks }))).toBeInstanceOf(OriginError);
    expect(foreign.requests).toHaveLength(0);
  });
});

describe('got.paginate', () => {
  it('takes the token to each page', async () => {
    world.api.next(
      { body: [1], headers: { link: '</p2>; rel="next"' } },
      { body: [2], headers: { link: `<${world.api.origin}/p3>; rel="next"` } },
      { body: [3] },
    );
    expect(await world.backend().got.paginate.all('p1')).toEqual([1, 2, 3]);
    expect(world.api.requests.map(({ url }) => url)).toEqual(['/p1', '/p2', '/p3']);
    expect(world.api.tokens()).toEqual(['token-1', 'token-1', 'token-1']);
  });

  it('does not follow a next link to a foreign host (104)', async () => {
    world.api.next({ body: [1], headers: { link: `<${foreign.origin}/p2>; rel="next"` } });
    expect(await rejection(world.backend().got.paginate.all('p1'))).toBeInstanceOf(OriginError);
    expect(foreign.requests).toHaveLength(0);
  });
});

describe('fetch: a redirect', () => {
  it.each([
    ...STATUSES.map((status) => [status, 'GET', 'GET', false] as const),
    [301, 'POST', 'GET', false],
    [302, 'POST', 'GET', false],
    [303, 'POST', 'GET', false],
    [307, 'POST', 'POST', true],
    [308, 'POST', 'POST', true],
    [301, 'PUT', 'PUT', true],
    [303, 'PUT', 'GET', false],
    [303, 'HEAD', 'HEAD', false],
  ] as const)('%d makes of a %s a %s, by the rules of Fetch', async (status, method, becomes, keepsBody) => {
    const body = method === 'GET' || method === 'HEAD' ? null : 'text';
    await world.backend().fetch(redirect('/end', status), { method, body, headers: { 'x-mine': '1' } });
    const [, last] = world.api.requests;
    expect(last).toMatchObject({ method: becomes, url: '/end' });
    expect(last?.headers).toMatchObject({ 'x-mine': '1', authorization: 'Bearer token-1' });
    expect(last?.body.toString()).toBe(keepsBody ? 'text' : '');
    expect(last?.headers['content-type']).toBe(keepsBody ? 'text/plain;charset=UTF-8' : undefined);
  });

  it('sets redirected and url, on a clone too', async () => {
    const backend = world.backend();
    const answer = await backend.fetch(redirect('/end'));
    expect(answer).toMatchObject({ redirected: true, url: `${world.api.origin}/end` });
    expect(answer.clone()).toMatchObject({ redirected: true, url: `${world.api.origin}/end` });
    expect(await backend.fetch('end')).toMatchObject({ redirected: false, url: `${world.api.origin}/end` });
  });

  it('is the answer with redirect: manual, a TypeError with redirect: error', async () => {
    const backend = world.backend();
    const answer = await backend.fetch(redirect('/end'), { redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('/end');
    const error = await rejection(backend.fetch(redirect('/end'), { redirect: 'error' }));
    expect(error).toBeInstanceOf(TypeError);
    expect(
      await rejection(backend.fetch(new Request(`${world.api.origin}/${redirect('/end')}`, { redirect: 'error' }))),
    ).toBeInstanceOf(TypeError);
    for (const mode of ['Manual', 'none', '', null]) {
      const refused = await rejection(backend.fetch(redirect('/end'), { redirect: mode as 'error' }));
      expect(refused).toBeInstanceOf(TypeError);
    }
    expect(world.api.requests.some(({ url }) => url === '/end')).toBe(false);
  });

  it.each(['follow', 'manual', 'error'] as const)(
    'to a foreign host does not arrive there with redirect: %s',
    async (mode) => {
      await world
        .backend()
        .fetch(redirect(foreign.origin), { redirect: mode })
        .catch(() => undefined);
      expect(foreign.requests).toHaveLength(0);
    },
  );

  it('is followed 20 times at most', async () => {
    const backend = world.backend();
    const hops = (count: number) => Array.from({ length: count }, () => ({ status: 302, headers: { location: '/x' } }));
    world.api.next(...hops(20));
    expect(await backend.fetch('x')).toMatchObject({ status: 200 });
    world.api.reset();
    world.api.next(...hops(21));
    expect(await rejection(backend.fetch('x'))).toBeInstanceOf(TypeError);
    expect(world.api.requests).toHaveLength(21);
  });

  it('with a stream behind it fails as in fetch, unless it becomes a GET', async () => {
    const backend = world.backend();
    const body = () => new Blob(['text']).stream();
    const post = (status: number) =>
      backend.fetch(redirect('/end', status), { method: 'POST', body: body(), duplex: 'half' } as RequestInit);
    expect(await rejection(post(307))).toBeInstanceOf(TypeError);
    expect(await post(303)).toMatchObject({ status: 200, redirected: true });
  });
});
