/** The token sources that ask a token endpoint: each time by the grant, or by a refresh token while there is one. */

import { memberOf } from '../definitions/own-members.js';
import { TokenRequestError } from '../errors.js';
import type { AccessToken } from '../token.js';
import {
  type Demands,
  FOR_ALL,
  type GrantQuery,
  type GrantSource,
  type RefreshGrant,
  type RefreshMemory,
} from './grant-source.js';
import { refreshToken } from './grants/refresh-token.js';
import { NO_QUERY } from './own-query.js';
import type { TokenEndpoint } from './token-endpoint.js';
import type { DraftPart } from './token-request-draft.js';
import type { Granted } from './token-response.js';

/** Asks by the grant each time; a refresh token in the answer is ignored (RFC 6749 §4.4.3). */
export function grantedSource(endpoint: TokenEndpoint, grant: DraftPart): GrantSource {
  return {
    ...FOR_ALL,
    async token(query = NO_QUERY) {
      const { token } = await endpoint.ask(grant, query);
      return endingBy(token, query.input?.expiresAt);
    },
  };
}

/** The token, which ends at the latest when what it was given for ends. */
function endingBy(token: AccessToken, end = Number.POSITIVE_INFINITY): AccessToken {
  return token.expiresAt <= end ? token : Object.freeze({ ...token, expiresAt: end });
}

/**
 * Asks by the grant once and then by the refresh token that came with it (RFC 6749 §6): kept when an answer brings none,
 * replaced when it brings one, dropped when the server will not take it any more - then the grant follows
 * within the same call. Not for parallel calls: a refresh token is used by one at a time.
 *
 * @param memory where the refresh token is kept
 */
export function refreshedSource(
  endpoint: TokenEndpoint,
  grant: DraftPart,
  memory: RefreshMemory = { current: undefined },
): GrantSource {
  /** The refresh token that has failed since its last success, and how often. */
  let failing: { readonly value: string; readonly times: number } | undefined;

  return {
    ...FOR_ALL,
    async token(query = NO_QUERY) {
      const usable = memory.current && covers(memory.current, query.demands);
      const refreshed = memory.current && usable && (await askByRefreshToken(memory.current, query));
      if (refreshed) return refreshed;
      const { token, refreshToken: value } = await endpoint.ask(grant, query);
      failing = undefined;
      // What comes after the deadline may be older than what has come since.
      if (value !== undefined && !query.signal?.aborted) memory.current = { value, scope: token.scope };
      return token;
    },
  };

  async function askByRefreshToken(used: RefreshGrant, query: GrantQuery): Promise<AccessToken | undefined> {
    let granted: Granted;
    try {
      granted = await endpoint.ask(refreshToken(used), query);
    } catch (error) {
      if (!isEnd(error, used)) throw error;
      if (memory.current === used) memory.current = undefined;
      query.signal?.throwIfAborted();
      return undefined;
    }
    failing = undefined;
    const { token, refreshToken: value } = granted;
    if (value !== undefined && memory.current === used) memory.current = { value, scope: used.scope };
    return token;
  }

  /** Whether this failure is the refresh token's last. */
  function isEnd(error: unknown, { value }: RefreshGrant): boolean {
    const refusal = refusalOf(error);
    if (!refusal) return false;
    const times = failing?.value === value ? failing.times + 1 : 1;
    failing = { value, times };
    return refusal === 'for good' || times >= MOST_FAILURES;
  }
}

/** Whether it may ask for that: more than it was granted must not be asked for (RFC 6749 §6). */
function covers({ scope = '' }: RefreshGrant, demands: Demands | undefined): boolean {
  if (demands?.claims !== undefined) return false;
  const granted = scope.split(' ');
  return (demands?.scopes ?? []).every((each) => granted.includes(each));
}

/** Some servers answer 500, or a 4xx without a code, to a refresh token whose access token was revoked, for ever. */
const MOST_FAILURES = 2;
const NOT_REFUSED = new Set([408, 425, 429]);

/**
 * What a failure says of the refresh token: nothing where the server is in trouble, is asked too often, or says when it wants
 * to be asked again - the password must not follow then.
 */
function refusalOf(error: unknown): 'for good' | 'perhaps' | undefined {
  if (!(error instanceof TokenRequestError) || memberOf(error, 'retryAfter') !== undefined) return undefined;
  const response = memberOf(error, 'response');
  if (!response) return undefined;
  const { status, error: code } = response;
  if (NOT_REFUSED.has(status)) return undefined;
  if (code === 'invalid_grant') return 'for good';
  return status === 500 || (status >= 400 && status < 500) ? 'perhaps' : undefined;
}
