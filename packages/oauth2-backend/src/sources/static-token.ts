/** A fixed token: for tests, and for tokens that come from elsewhere and never change. */

import { type AccessToken, isTokenValue, type TokenSource } from '../token.js';

/**
 * A token source that always gives this token. It never expires; a 401 is the caller's, as there is no newer one.
 *
 * @example
 * createBackends(definitions, { tokens: { billing: staticToken('test') } });
 * @throws TypeError unless the value can stand behind `Bearer ` (RFC 6750 §2.1)
 */
export function staticToken(value: string): TokenSource {
  if (!isTokenValue(value)) {
    throw new TypeError('staticToken needs a non-empty token of visible ASCII characters without quotes and commas');
  }
  const token: AccessToken = Object.freeze({ value, type: 'Bearer', issuedAt: 0, expiresAt: Number.MAX_SAFE_INTEGER });
  return { token: async () => token, current: () => token };
}
