import { once } from 'node:events';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestError } from 'got';
import { type ClientWorld, clientWorld, rejection } from '../../packages/oauth2-backend/test/clients/client-world.js';
import { canaries, leaks } from './canaries.js';

let world: ClientWorld;
beforeAll(async () => {
  world = await clientWorld();
  world.as.extra = { access_token: canaries.token };
});
beforeEach(() => world.api.reset());
afterAll(() => world.close());

const ways = {
  got: () => world.backend().got('x'),
  'got.json()': () => world.backend().got('x').json(),
  'got.stream': () => once(world.backend().got.stream('x').resume(), 'end'),
  'got.paginate': () => world.backend().got.paginate.all('x'),
  'got, retried': () => world.backend().got('x', { retry: { limit: 1, calculateDelay: () => 0 } }),
};

describe.each(Object.entries(ways))('the error of %s', (_, send) => {
  it.each([
    ['an answer of 500', { status: 500, body: 'no' }],
    ['an answer of 401', { status: 401, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } }],
    ['a connection that breaks', { reset: true }],
  ])('leads to no token, whichever member is asked for: %s', async (_failure, answer) => {
    world.api.next(answer);
    const error = (await rejection(send())) as unknown as RequestError;
    expect(Object.keys(error).filter((key) => ['options', 'request', 'response'].includes(key))).toEqual([]);
    expect(error.request).toBeUndefined();
    const { response } = error;
    const all = [error, response, Object.entries(error)].map(
      (each) => `${inspect(each, { depth: 20 })} ${JSON.stringify(each)}`,
    );
    expect(leaks([...all, inspect(response, { depth: 20, showHidden: true })].join())).toEqual([]);
    expect(world.api.tokens()[0]).toBe(canaries.token);
  });
});
