import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expiryOf, jwtExpiry } from '../../../src/token-request/grants/subject-token.js';

const encoded = (text: string) => Buffer.from(text).toString('base64url');
const jwt = (payload: string) => `${encoded('{"alg":"none"}')}.${encoded(payload)}.c2ln`;

describe('jwtExpiry(token)', () => {
  it('is the exp in milliseconds, whoever signed', () => {
    expect(jwtExpiry(jwt('{"exp":1700000000}'))).toBe(1_700_000_000_000);
    expect(jwtExpiry(jwt('{"exp":1.5}'))).toBe(1_500);
    expect(jwtExpiry(jwt('{"exp":-1}'))).toBe(-1_000);
  });

  it.each([
    'opaque',
    '',
    '..',
    'a.b.c',
    `${jwt('{"exp":1}')}.d.e`,
    jwt('{}'),
    jwt('null'),
    jwt('[1]'),
    jwt('7'),
    jwt('{"exp":"soon"}'),
    jwt('{"exp":"-1"}'),
    jwt('{"exp":null}'),
    jwt('{"exp":1e999}'),
    jwt('{"exp":{"valueOf":1}}'),
    jwt('{"__proto__":{"exp":1}}'),
    jwt('{"exp":1'),
    jwt(`{"exp":1,"x":"${'a'.repeat(32_768)}"}`),
  ])('is nothing for %.60s', (token) => {
    expect(jwtExpiry(token)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.json(), (text, payload) => {
        for (const token of [text, jwt(text), jwt(payload)]) {
          expect(['undefined', 'number']).toContain(typeof jwtExpiry(token));
        }
      }),
    );
  });
});

describe('expiryOf(claims)', () => {
  it('reads seconds, as text too and from a getter: they can only shorten', () => {
    const verification = new (class {
      get exp() {
        return 1;
      }
    })();
    for (const claims of [{ exp: 1 }, { exp: '1' }, { exp: '1.0' }, verification]) expect(expiryOf(claims)).toBe(1_000);
    for (const claims of [undefined, null, 'exp', { exp: Number.NaN }, { exp: '1e3' }, { exp: new Date() }]) {
      expect(expiryOf(claims)).toBeUndefined();
    }
  });
});
