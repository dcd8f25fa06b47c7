import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stepUpOf } from 'oauth2-backend';
import { type ClientWorld, clientWorld, rejection } from '../clients/client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

const CHALLENGE = 'Bearer error="insufficient_user_authentication", acr_values="2fa  pin", max_age="5"';
const WANTED = { acrValues: ['2fa', 'pin'], maxAge: 5, scope: undefined, claims: undefined };

describe('stepUpOf(answer)', () => {
  const answers: Record<string, () => Promise<unknown>> = {
    fetch: () => world.backend().fetch('x'),
    request: () => world.backend().request('x'),
    'request with raw headers': () => world.backend().request('x', { responseHeaders: 'raw' }),
    got: async () => world.backend().got('x', { throwHttpErrors: false }),
    'an error of got': () => rejection(world.backend().got('x')),
    'an error of got, extended': () => rejection(world.backend().got.extend()('x').json()),
  };

  it.each(Object.entries(answers))('reads what is wanted from an answer of %s', async (_, ask) => {
    world.api.next({ status: 401, headers: { 'www-authenticate': ['Basic realm="x"', CHALLENGE] } });
    expect(stepUpOf(await ask())).toEqual(WANTED);
  });

  it.each(Object.entries(answers))('gives nothing for another answer of %s', async (_, ask) => {
    world.api.next({ status: 404, headers: { 'www-authenticate': 'Bearer error="invalid_token", acr_values="2fa"' } });
    expect(stepUpOf(await ask())).toBeUndefined();
  });

  const answered = (challenge: unknown) => stepUpOf({ headers: { 'www-authenticate': challenge } });
  const none = { acrValues: undefined, maxAge: undefined, scope: undefined, claims: undefined };

  it.each<[string, unknown, object]>([
    ['a scope', 'Bearer error="insufficient_scope", scope="a  b"', { ...none, scope: 'a b' }],
    ['claims', `Bearer error=insufficient_claims, claims="${btoa('{"a":1}')}"`, { ...none, claims: { a: 1 } }],
    ['DPoP', 'DPoP error="insufficient_scope", scope="a"', { ...none, scope: 'a' }],
    ['nothing of use', 'Bearer error="insufficient_scope", scope="", max_age="soon", claims="x"', none],
    ['a negative age', 'Bearer error="insufficient_user_authentication", max_age=-1', none],
  ])('reads %s', (_, challenge, expected) => {
    expect(answered(challenge)).toEqual(expected);
  });

  it.each([
    undefined,
    null,
    'Bearer error="insufficient_scope"',
    5,
    {},
    { headers: null },
    { headers: 'x' },
    { response: null },
    { response: { headers: 5 } },
    { headers: { 'www-authenticate': 7 } },
    { headers: { 'www-authenticate': 'Basic error="insufficient_scope"' } },
    new Error('x'),
  ])('gives nothing for %p', (answer) => {
    expect(stepUpOf(answer)).toBeUndefined();
  });
});
