import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OriginError, requestContext } from 'oauth2-backend';
import { type ClientWorld, clientWorld, rejection } from './client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

describe('backend.authorization({ method, url })', () => {
  it('gives the header that carries the token, by its lower-case name, and sends nothing to the API', async () => {
    const backend = world.backend({ path_prefix: '/v1' });
    const headers = { authorization: 'Bearer token-1' };
    for (const url of ['x', '/x', `${world.api.origin}/v1/x`, new URL(`${world.api.origin}/v1/x?page=2`)]) {
      expect(await backend.authorization({ method: 'GET', url })).toEqual(headers);
    }
    expect(world.as.requests).toHaveLength(1);
    expect(world.api.requests).toEqual([]);
  });

  it.each(['https://elsewhere.example/x', '//elsewhere.example/x', '/../admin', 'ftp://127.0.0.1/v1/x'])(
    'refuses %s before a token is asked for (104)',
    async (url) => {
      const error = await rejection(world.backend({ path_prefix: '/v1' }).authorization({ method: 'GET', url }));
      expect(error).toBeInstanceOf(OriginError);
      expect(world.as.requests).toEqual([]);
    },
  );

  it('gives the credentials of basic_auth, to the backend alone', async () => {
    const backend = world.backend({ oauth2: false, basic_auth: 'user:pass' });
    const authorization = `Basic ${Buffer.from('user:pass').toString('base64')}`;
    expect(await backend.authorization({ method: 'GET', url: 'x' })).toEqual({ authorization });
    const elsewhere = backend.authorization({ method: 'GET', url: 'https://elsewhere.example/x' });
    expect(await rejection(elsewhere)).toBeInstanceOf(OriginError);
  });

  it('gives no header of a backend that has neither', async () => {
    expect(await world.backend({ oauth2: false }).authorization({ method: 'GET', url: 'x' })).toEqual({});
  });

  it.each([
    [{ url: 'x' }, 'method must be a string'],
    [{ method: 'GET', url: 'x', refused: 7 }, 'refused must be a string'],
    [{ method: 'GET', url: 'x', nonce: {} }, 'nonce must be a string'],
  ])('refuses %j', async (request, message) => {
    const error = await rejection(world.backend().authorization(request as never));
    expect(error).toMatchObject({ name: 'TypeError', message });
    expect(world.as.requests).toEqual([]);
  });

  it('rejects with what the token request failed with', async () => {
    world.as.next({ status: 400, body: { error: 'invalid_scope' } });
    const error = await rejection(world.backend().authorization({ method: 'GET', url: 'x' }));
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_REQUEST', response: { error: 'invalid_scope' } });
  });

  it('is released by its signal, with the reason', async () => {
    const release = world.as.hold();
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = rejection(world.backend().authorization({ method: 'GET', url: 'x', signal }));
    await world.as.arrived(1);
    controller.abort('enough');
    expect(await waiting).toBe('enough');
    release();
  });

  it('is released when the inbound client leaves by a safe method, and by no other', async () => {
    const request = new EventEmitter() as IncomingMessage;
    const response = Object.assign(new EventEmitter(), { writableFinished: false, closed: false });
    const backends = world.backends();
    const { api } = backends.for(requestContext(request, response as unknown as ServerResponse));
    const release = world.as.hold();
    const safe = rejection(api.authorization({ method: 'get', url: 'x' }));
    const unsafe = api.authorization({ method: 'POST', url: 'x' });
    await world.as.arrived(1);
    response.emit('close');
    expect(await safe).toMatchObject({ code: 'ERR_OAUTH2_CLIENT_CLOSED' });
    release();
    expect(await unsafe).toEqual({ authorization: 'Bearer token-1' });
  });

  it('is refused when the backends are closed, with a token and without', async () => {
    const backends = world.backends();
    const backend = backends.get('api');
    await backend.token();
    await backends.close();
    const error = await rejection(backend.authorization({ method: 'GET', url: 'x' }));
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_CLOSED' });
  });
});

describe.each([
  ['token({ refused })', 'token'],
  ['authorization({ refused })', 'authorization'],
] as const)('backend.%s', (_, member) => {
  const get = async (refused?: string, backend = world.backend()) =>
    member === 'token'
      ? (await backend.token({ refused })).value
      : (await backend.authorization({ method: 'GET', url: 'x', refused }))['authorization']?.slice('Bearer '.length);

  it('asks for another token, which requests carry from then on', async () => {
    const backend = await world.acceptedBackend();
    expect(await get(undefined, backend)).toBe('token-1');
    expect(await get('token-1', backend)).toBe('token-2');
    await backend.fetch('x');
    expect(world.api.tokens()).toEqual(['token-2']);
    expect(world.as.requests).toHaveLength(2);
  });

  it('gives the newer token that is there without a request', async () => {
    const backend = await world.acceptedBackend();
    await get(undefined, backend);
    await get('token-1', backend);
    expect(await get('token-1', backend)).toBe('token-2');
    expect(world.as.requests).toHaveLength(2);
  });
});

describe('a token source over the token() of other backends', () => {
  it('gives a new token after a 401: the refusal is handed on', async () => {
    const inner = world.backend();
    const source = {
      token: ({ signal, refused }: { signal?: AbortSignal; refused?: string } = {}) => inner.token({ signal, refused }),
    };
    const outer = world.backend({}, { tokens: { api: source } });
    await outer.fetch('x');
    world.api.revoke('token-1');
    expect((await outer.fetch('x')).status).toBe(200);
    expect(world.api.tokens()).toEqual(['token-1', 'token-1', 'token-2']);
  });
});
