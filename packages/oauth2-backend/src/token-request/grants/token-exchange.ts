/** Token exchange (RFC 8693 §2.1): a token of the inbound request's user for one that is good at the backend. */

import { ACCESS_TOKEN, JWT } from '../../definitions/attributes/exchange.js';
import { TOKEN_EXCHANGE } from '../../definitions/grant-types.js';
import type { ResolvedExchange } from '../../definitions/resolved.js';
import { useCredential } from '../credential.js';
import { givenText } from '../given-value.js';
import { type GrantInput, type GrantSource, NO_INPUT } from '../grant-source.js';
import { credentialDigest, digestOf } from '../identity.js';
import type { DraftPart, TokenRequestDraft } from '../token-request-draft.js';
import { subjectTokenSource } from './subject-token.js';

/** What the exchange sends beside the tokens. */
interface TokenExchangeOptions {
  /** Name of the backend, for messages. */
  readonly backend: string;
  readonly exchange: ResolvedExchange;
  readonly scope: string | undefined;
}

/** Writes `grant_type`, the tokens with their types and, when there are any, `requested_token_type` and `scope`. */
export function tokenExchange({ backend, exchange, scope }: TokenExchangeOptions): DraftPart {
  const { subjectTokenType, actor, requestedTokenType } = exchange;
  const prepare = exchangeInput(exchange, backend);

  return async function writeExchange(draft, { context, input }) {
    const { form, secrets } = draft;
    const { subjectToken = '', actorToken } = input ?? (await prepare(context));
    form['grant_type'] = TOKEN_EXCHANGE;
    form['subject_token'] = subjectToken;
    form['subject_token_type'] = subjectTokenType;
    secrets.push(subjectToken);
    if (actor) {
      const token = actorToken ?? (await readActor(draft, actor.token));
      form['actor_token'] = token;
      form['actor_token_type'] = actor.type;
      secrets.push(token);
    }
    if (requestedTokenType !== undefined) form['requested_token_type'] = requestedTokenType;
    if (scope !== undefined) form['scope'] = scope;
    draft.issuedTypes = requestedTokenType === undefined ? [ACCESS_TOKEN, JWT] : [requestedTokenType];
  };

  async function readActor(draft: TokenRequestDraft, token: NonNullable<typeof actor>['token']): Promise<string> {
    // A function has given it for the context already: it comes with the input.
    return typeof token === 'function' ? '' : useCredential(draft, token, 'actor_token', backend);
  }
}

/** Gives what evaluates `subject_token` and a function `actor_token`. A token that comes of them is kept no longer than the user's, where that says when it ends. */
export function exchangeInput(exchange: ResolvedExchange, backend: string): NonNullable<GrantSource['prepare']> {
  const subjectTokenOf = subjectTokenSource(exchange, backend);
  const actor = exchange.actor?.token;

  return async (context): Promise<GrantInput> => {
    const { token: subjectToken, expiresAt, verified } = await subjectTokenOf(context);
    const subject = credentialDigest(subjectToken);
    if (typeof actor !== 'function') {
      return { ...NO_INPUT, digest: subject, whose: ['exchange', subjectToken], verified, subjectToken, expiresAt };
    }
    const actorToken = await givenText({ attribute: 'actor_token', backend }, () => actor(context));
    const digest = digestOf([subject, credentialDigest(actorToken)]);
    return {
      ...NO_INPUT,
      digest,
      whose: ['exchange', subjectToken, actorToken],
      verified,
      subjectToken,
      actorToken,
      expiresAt,
    };
  };
}
