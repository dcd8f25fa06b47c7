import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { verdictOf } from '../../src/bearer/challenges.js';

describe('verdictOf(header)', () => {
  it.each<[string | string[] | undefined]>([
    [undefined],
    [''],
    [[]],
    ['Bearer'],
    ['bearer realm="x"'],
    ['Bearer error="invalid_token"'],
    ['Bearer error="invalid_token", DPoP error="invalid_token", algs="ES256"'],
    ['Bearer, DPoP algs="ES256"'],
    ['Bearer error="invalid_token", DPoP error="insufficient_scope"'],
    ['Bearer error="expired_token"'],
    ['Basic realm="x", Bearer error="invalid_token"'],
    ['Basic realm="x"'],
    ['OAuth realm="x"'],
    ['Token'],
    ['Negotiate, NTLM'],
    ['Basic error="insufficient_scope"'],
    [['Bearer error="insufficient_scope"', 'Bearer error="invalid_token"']],
    ['Bearer error_description="insufficient_scope"'],
  ])('%j: another token may help (RFC 6750 §3.1)', (header) => {
    expect(verdictOf(header)).toBe('another-token-may-help');
  });

  it.each<[string | string[]]>([
    ['Bearer error="insufficient_scope", scope="a b"'],
    ['Bearer error=insufficient_scope'],
    ['bearer realm="x",error="invalid_request"'],
    ['Bearer error="insufficient_user_authentication", acr_values="2fa", max_age=5'],
    ['Bearer error="insufficient_scope", DPoP algs="ES256"'],
    ['Bearer realm="x", DPoP error="insufficient_scope"'],
    [['Bearer error="insufficient_scope"', 'Bearer error="invalid_request"']],
    [['Bearer error="insufficient_scope"', 'DPoP error="invalid_request"']],
    ['Basic realm="x", Bearer error="insufficient_scope"'],
  ])('%j: stands (RFC 9110 §11.6.1, RFC 9470 §3)', (header) => {
    expect(verdictOf(header)).toBe('stands');
  });

  it.each<[string | string[]]>([
    ['DPoP algs="ES256"'],
    ['DPoP error="invalid_token", algs="ES256"'],
    ['DPoP error="insufficient_scope"'],
    ['Basic realm="x", DPoP algs="ES256"'],
  ])('%j: a bearer token is not taken at all', (header) => {
    expect(verdictOf(header)).toBe('dpop-wanted');
  });

  it('always answers', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(['stands', 'dpop-wanted', 'another-token-may-help']).toContain(verdictOf(header));
      }),
    );
  });
});
