/** What a token exchange makes of a request's context: the user's token, and the actor's where a function gives it. */

import type { ResolvedExchange } from '../../definitions/resolved.js';
import { givenText } from '../given-value.js';
import type { GrantInput, GrantSource } from '../grant-source.js';
import { credentialDigest, digestOf } from '../identity.js';
import { subjectTokenSource } from './subject-token.js';

/** Evaluates both. What comes of them is kept no longer than a user's token that says when it ends. */
export function exchangeInput(exchange: ResolvedExchange, backend: string): NonNullable<GrantSource['prepare']> {
  const subjectTokenOf = subjectTokenSource(exchange, backend);
  const actor = exchange.actor?.token;

  return async (context): Promise<GrantInput> => {
    const { token: subjectToken, expiresAt } = await subjectTokenOf(context);
    const subject = credentialDigest(subjectToken);
    if (typeof actor !== 'function') {
      return { digest: subject, whose: ['exchange', subjectToken], subjectToken, expiresAt };
    }
    const actorToken = await givenText({ attribute: 'actor_token', backend }, () => actor(context));
    const digest = digestOf([subject, credentialDigest(actorToken)]);
    return { digest, whose: ['exchange', subjectToken, actorToken], subjectToken, actorToken, expiresAt };
  };
}
