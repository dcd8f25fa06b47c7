/** Refusals of a token request that are its user's: his token or assertion is dead. */

import { memberOf } from '../definitions/own-members.js';
import type { ResolvedOAuth2 } from '../definitions/resolved.js';
import { SubjectRefusedError, TokenRequestError } from '../errors.js';
import type { GrantSource } from './grant-source.js';

/** So many users whose tokens are refused in a row are no accident. */
const IN_A_ROW = 5;

const OF_THE_USER = new Set([
  'invalid_grant',
  'invalid_request',
  'interaction_required',
  'login_required',
  'consent_required',
]);

/** The source of one user's tokens, whose refusals are told from other failures. */
export type TellSubject = (source: GrantSource, subject: string) => GrantSource;

/**
 * Makes a SubjectRefusedError of a refusal that says the user's token or assertion is dead. After five different users in a
 * row, without a success between them, it stays what it is: then audience or client are wrong. One warning says so.
 *
 * @returns nothing where no request's user takes part: our own profile signs, or the grant has no subject
 */
export function subjectRefusals(options: {
  oauth2: ResolvedOAuth2;
  backend: string;
  warn: (message: string) => void;
}): TellSubject | undefined {
  const { oauth2, backend, warn } = options;
  if (!oauth2.exchange && typeof oauth2.assertion !== 'function') return undefined;
  const refused = new Set<string>();

  return (source, subject) => ({
    ...source,
    async token(query) {
      try {
        const token = await source.token(query);
        refused.clear();
        return token;
      } catch (error) {
        // Without a request it is the application's own assertion.
        if (!query?.context || !isOfUser(error)) throw error;
        throw judge(error, subject);
      }
    },
  });

  function judge(error: TokenRequestError, subject: string): TokenRequestError {
    if (!refused.has(subject) && refused.size === IN_A_ROW) {
      warn(
        `backend "${backend}": the tokens of ${IN_A_ROW} users in a row were refused; probably audience, scope or client are wrong, not the users`,
      );
      refused.add(subject);
    }
    if (refused.size > IN_A_ROW) return error;
    refused.add(subject);
    const { message, cause, response, retryAfter } = error;
    return new SubjectRefusedError(message, { cause, backend, response, retryAfter });
  }

  function isOfUser(error: unknown): error is TokenRequestError {
    if (!(error instanceof TokenRequestError)) return false;
    const code = memberOf(error, 'response')?.error ?? '';
    return OF_THE_USER.has(code) || (oauth2.exchange !== undefined && code === 'invalid_token');
  }
}
