/** What a grant makes of a request's context, ahead of the token request. */

import type { ResolvedOAuth2 } from '../../definitions/resolved.js';
import { type GrantSource, NO_INPUT } from '../grant-source.js';
import { credentialDigest, digestOf, type IdentityPart } from '../identity.js';
import { assertionFor, claimsFor } from './assertion.js';
import { exchangeInput } from './token-exchange.js';

/**
 * Evaluates a function `assertion`, the function `claims` of an assertion's profile, or the tokens of an exchange; absent
 * where there is nothing of the sort.
 */
export function contextInput(oauth2: ResolvedOAuth2, backend: string): GrantSource['prepare'] {
  const { assertion, signing, signingFor, exchange } = oauth2;
  if (exchange) return exchangeInput(exchange, backend);
  if (typeof assertion === 'function') {
    return async (context) => {
      const evaluated = await assertionFor(assertion, context, backend);
      return {
        ...NO_INPUT,
        digest: credentialDigest(evaluated),
        whose: ['assertion', evaluated],
        assertion: evaluated,
      };
    };
  }
  const claims = signingFor === 'assertion' ? signing?.claims : undefined;
  if (typeof claims !== 'function') return undefined;
  return async (context) => {
    const evaluated = await claimsFor(claims, context, backend);
    const lasting = Object.entries(evaluated).filter(([name]) => !PASSING.has(name));
    const digest = digestOf(Object.fromEntries(lasting) as IdentityPart);
    return { ...NO_INPUT, digest, whose: ['claims', digest], claims: evaluated };
  };
}

/** They differ each time without making another person. */
const PASSING = new Set(['iat', 'exp', 'nbf', 'jti']);
