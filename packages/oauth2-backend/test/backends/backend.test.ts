import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClientWorld, clientWorld, rejection } from '../clients/client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

describe('backend.token()', () => {
  it('gives the token that requests carry, asked for once', async () => {
    const backend = world.backend({ oauth2: { scope: 'read' } });
    const token = await backend.token();
    expect(token).toMatchObject({ value: 'token-1', type: 'Bearer', scope: 'read' });
    expect(token.expiresAt - token.issuedAt).toBe(3_600_000);
    await backend.fetch('x');
    expect(world.api.tokens()).toEqual(['token-1']);
    expect(world.as.requests).toHaveLength(1);
  });

  it('is refused for a backend without oauth2', async () => {
    const error = await rejection(world.backend({ oauth2: false }).token());
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 500, expose: false });
  });
});

describe('backend', () => {
  it('has a name and the same clients each time', () => {
    const backend = world.backend();
    expect(backend.name).toBe('api');
    expect(backend.got).toBe(backend.got);
  });

  it('has members that work on their own', async () => {
    const { fetch, request, got, token } = world.backend();
    await fetch('a');
    await (await request('b')).body.dump();
    await got('c');
    expect((await token()).value).toBe('token-1');
    expect(world.api.requests.map(({ url }) => url)).toEqual(['/a', '/b', '/c']);
  });

  it('takes a TokenSource in place of a block; a token that no header may carry is not sent', async () => {
    const source = (value: string) => ({
      token: async () => ({ value, type: 'Bearer' as const, issuedAt: 0, expiresAt: 0 }),
    });
    const good = world.backend({}, { tokens: { api: source('from-elsewhere') } });
    await good.fetch('x');
    expect(world.api.tokens()).toEqual(['from-elsewhere']);
    const error = await rejection(world.backend({}, { tokens: { api: source('a\r\nb') } }).fetch('x'));
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 502 });
    expect(world.api.requests).toHaveLength(1);
  });
});
