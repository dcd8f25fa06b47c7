import { describe, expect, it } from '@jest/globals';
import { staticToken } from 'oauth2-backend';

describe('staticToken(value)', () => {
  it('always gives the same token, with and without a promise', async () => {
    const source = staticToken('a-token_~+/=!');
    const token = await source.token({ refused: 'a-token_~+/=!' });
    expect(token).toEqual({ value: 'a-token_~+/=!', type: 'Bearer', issuedAt: 0, expiresAt: Number.MAX_SAFE_INTEGER });
    expect(source.current?.()).toBe(token);
    expect(Object.isFrozen(token)).toBe(true);
  });

  it.each(['', 'a b', 'a"b', 'a,b', 'a\r\nb', 'ä', 'a\u0000', undefined, null, 5, {}])(
    'refuses %j and does not print it',
    (value) => {
      expect(() => staticToken(value as string)).toThrow(
        new TypeError('staticToken needs a non-empty token of visible ASCII characters without quotes and commas'),
      );
    },
  );
});
