import { describe, expect, it } from '@jest/globals';
import { givenObject } from '../../src/token-request/given-value.js';

class Person {
  readonly #name = 'ann';
  get sub(): string {
    return this.#name;
  }
}

describe('givenObject(given, give)', () => {
  it.each([
    ['a Map', new Map([['sub', 'ann']])],
    ['an instance', new Person()],
    ['an object that JSON turns into null', { sub: 'ann', toJSON: () => null }],
    ['an object that JSON turns into text', { sub: 'ann', toJSON: () => 'ann' }],
    ['a Date', new Date(0)],
    ['a member that is undefined', { sub: undefined, aud: 'x' }],
  ])('refuses %s, which would read alike for all users', async (_, value) => {
    const given = givenObject({ attribute: 'claims', backend: 'billing' }, () => value);
    await expect(given).rejects.toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 502 });
  });

  it('takes plain objects, also those without a prototype', async () => {
    const bare = Object.assign(Object.create(null), { sub: 'ann' });
    for (const value of [{ sub: 'ann' }, bare]) {
      expect(await givenObject({ attribute: 'claims', backend: 'billing' }, () => value)).toEqual({ sub: 'ann' });
    }
  });
});
