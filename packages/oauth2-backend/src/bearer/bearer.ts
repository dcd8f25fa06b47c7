/** A token source tied to the origin its token may go to, plus the rules for its refusals (RFC 6750 §3.1). */

import { memberOf } from '../definitions/own-members.js';
import type { TokenField } from '../definitions/resolved.js';
import { NoTokenError, OAuth2BackendError } from '../errors.js';
import { type Feedback, feedbackOf } from '../sources/feedback.js';
import { ownError } from '../sources/own-error.js';
import { waitFor } from '../sources/waiting.js';
import { type AccessToken, isTokenValue, type TokenQuery, type TokenSource } from '../token.js';
import type { GrantQuery } from '../token-request/grant-source.js';
import { type Refusal, type RefusalOptions, refusals } from './refusals.js';
import type { TargetRule } from './target.js';

/** What a client needs to put the right token on the right requests. */
export interface Bearer {
  readonly name: string;
  readonly target: TargetRule;
  /** Whether there is a token at all: a backend without `oauth2` sends none. */
  readonly hasToken: boolean;
  /** Whether the token is one user's, or may be: the source gets the context of the request. */
  readonly ofUser: boolean;
  /** Where the token stands in a request. */
  readonly field: TokenField;
  /**
   * A fresh token without a promise, or `undefined` when `token()` has to be asked.
   *
   * @throws as `token()`, where the source's own throws
   */
  current(): AccessToken | undefined;
  /**
   * @param repeatable whether the request can be repeated: then it may try a newer token that the API did not know yet
   * @throws what the token source throws; `ERR_OAUTH2_NO_TOKEN` for a token that no header may carry
   */
  token(query: TokenQuery, repeatable?: boolean): Promise<AccessToken>;
  /** The token to repeat with, or `undefined` when the 401 is the caller's answer. */
  afterRefusal(refusal: Refusal): Promise<AccessToken | undefined>;
  /** Hears the status of each answer to a request with this token, and tells whether it refuses the token. */
  isRefused(token: AccessToken, status: number): boolean;
}

const BEARER_FIELD: TokenField = Object.freeze({ header: 'authorization', prefix: 'Bearer ' });

/** Ties a source, or none, to a checked target. Origin and prefix are trusted to be canonical. */
export function tieBearer(
  options: RefusalOptions & {
    readonly source: TokenSource | undefined;
    readonly target: TargetRule;
    /** Whether the source's token depends on the request. Default true: nobody knows what another's source does. */
    readonly ofUser?: boolean;
    /** Default: behind `Bearer ` in `Authorization` (RFC 6750 §2.1). */
    readonly field?: TokenField | undefined;
  },
): Bearer {
  const { name, source, target, retries, ofUser = true, field = BEARER_FIELD } = options;
  /** A foreign source may change its object: the value counts. */
  let checked: string | undefined;
  /** Only for sources that nobody keeps: they are told at the next question. */
  let refusedValue: string | undefined;
  /** The last token that was accepted, so that a warm request looks for nothing. */
  let accepted: AccessToken | undefined;
  let feedbackOfAccepted: Feedback | undefined;
  const onUnkept = (token: AccessToken) => {
    refusedValue = token.value;
  };
  const { statuses, afterRefusal } = refusals({ ...options, ask, onUnkept });

  return {
    name,
    target,
    hasToken: source !== undefined,
    ofUser,
    field,

    current() {
      const token = currentOf();
      return token && token.value !== refusedValue ? check(token) : undefined;
    },

    async token(query, repeatable = false) {
      const token = await ask(
        refusedValue === undefined ? query : { ...query, refused: query.refused ?? refusedValue },
      );
      const newer = repeatable && retries > 0 ? feedbackOf(token)?.onTrial() : undefined;
      return newer ?? token;
    },

    isRefused(token, status) {
      if (status >= 400) return statuses.has(status);
      // A 101 is as good as a 200: the API has switched to the protocol that was asked for.
      if (status < 300 ? status >= 200 || status === 101 : status === 304) accept(token);
      return false;
    },

    afterRefusal: async (refusal) => (source ? afterRefusal(refusal) : undefined),
  };

  function accept(token: AccessToken): void {
    if (token.value === refusedValue) refusedValue = undefined;
    if (token === accepted && feedbackOfAccepted?.settled !== false) return;
    accepted = token;
    feedbackOfAccepted = feedbackOf(token);
    if (feedbackOfAccepted?.settled === false) feedbackOfAccepted.onAccepted();
  }

  function currentOf(): AccessToken | undefined {
    try {
      return source && memberOf(source, 'current')?.call(source);
    } catch (error) {
      throw error instanceof OAuth2BackendError ? error : ownError(error, name);
    }
  }

  async function ask(query: GrantQuery): Promise<AccessToken> {
    if (!source)
      throw new NoTokenError(`backend "${name}" has no oauth2 and so no token`, { backend: name, statusCode: 500 });
    let token: AccessToken;
    try {
      // The source may not heed the signal.
      token = await waitFor(Promise.resolve(source.token(query)), query.signal);
    } catch (error) {
      if (query.signal?.aborted) throw query.signal.reason;
      throw error instanceof OAuth2BackendError ? error : ownError(error, name);
    }
    if (token?.value !== refusedValue) refusedValue = undefined;
    return check(token);
  }

  /** Sources are other people's code: what they give goes into a header only if a header may carry it. */
  function check(token: AccessToken): AccessToken {
    if (checked !== undefined && token?.value === checked) return token;
    if (!isTokenValue(token?.value)) {
      throw new NoTokenError(`token source of "${name}" gave a token that no header may carry`, {
        backend: name,
        statusCode: 502,
      });
    }
    checked = token.value;
    return token;
  }
}
