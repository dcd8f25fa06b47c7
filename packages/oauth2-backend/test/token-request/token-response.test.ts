import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TokenRequestError } from '../../src/errors.js';
import { wordsFor } from '../../src/token-request/reasons/asked.js';
import { judgeTokenAnswer } from '../../src/token-request/token-response.js';

const options = {
  backend: 'billing',
  url: 'https://as.example/token',
  asked: wordsFor({ url: 'https://as.example/token', clientId: 'shop', place: 'billing.oauth2.backend' }),
  sent: { form: {} },
  clockReason: () => undefined,
  issuedAt: 1_000,
  defaultTtl: 60_000,
  explicitTtl: false,
  scope: undefined,
  secrets: [],
  remark() {},
};

describe('judgeTokenAnswer(answer, options)', () => {
  it('reads own properties only', () => {
    const prototype = Object.prototype as Record<string, unknown>;
    prototype['access_token'] = 'polluted';
    try {
      expect(() => judgeTokenAnswer({ status: 200, text: '{}' }, options)).toThrow('without an access_token');
    } finally {
      delete prototype['access_token'];
    }
  });

  it('gives a token that nobody can change', () => {
    const { token } = judgeTokenAnswer({ status: 200, text: '{"access_token":"a"}' }, options);
    expect(token).toEqual({ value: 'a', type: 'Bearer', issuedAt: 1_000, expiresAt: 61_000, scope: undefined });
    expect(Object.isFrozen(token)).toBe(true);
  });

  it('gives a token fit for a header or throws a TokenRequestError, whatever comes', () => {
    const member = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.double(), fc.jsonValue());
    const body = fc.record(
      { access_token: member, token_type: fc.oneof(fc.constant('Bearer'), member), expires_in: member, error: member },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(body, fc.jsonValue()), fc.constantFrom(200, 201, 204, 302, 400, 500), (value, status) => {
        try {
          const { token } = judgeTokenAnswer({ status, text: JSON.stringify(value) }, options);
          expect([200, 201]).toContain(status);
          expect(token.value).toMatch(/^[\x21\x23-\x2b\x2d-\x7e]+$/);
          expect(token.expiresAt).toBeGreaterThanOrEqual(token.issuedAt);
        } catch (error) {
          if (!(error instanceof TokenRequestError)) throw error;
          expect(error.response?.status).toBe(status);
          expect(error.message).toMatch(/^as\.example (?:refused|answered) client "shop"[^\p{C}\p{Zl}\p{Zp}]+$/u);
          expect(error.message.length).toBeLessThanOrEqual(700);
        }
      }),
    );
  });
});
