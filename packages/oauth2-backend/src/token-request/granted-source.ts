/** The token sources that ask a token endpoint: each time by the grant, or by a refresh token while there is one. */

import { TokenRequestError } from '../errors.js';
import type { AccessToken } from '../token.js';
import type { GrantQuery, GrantSource, RefreshGrant, RefreshMemory } from './grant-source.js';
import { refreshToken } from './grants/refresh-token.js';
import type { TokenEndpoint } from './token-endpoint.js';
import type { DraftPart } from './token-request-draft.js';
import type { Granted } from './token-response.js';

/** Asks by the grant each time; a refresh token in the answer is ignored (RFC 6749 §4.4.3). */
export function grantedSource(endpoint: TokenEndpoint, grant: DraftPart): GrantSource {
  return {
    async token(query = {}) {
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
 * replaced when it brings one, dropped when the server refuses it - then the grant follows within the same call.
 * Not for parallel calls: a refresh token is used by one at a time.
 *
 * @param memory where the refresh token is kept
 */
export function refreshedSource(
  endpoint: TokenEndpoint,
  grant: DraftPart,
  memory: RefreshMemory = { current: undefined },
): GrantSource {
  return {
    async token(query = {}) {
      const refreshed = memory.current && (await askByRefreshToken(memory.current, query));
      if (refreshed) return refreshed;
      const { token, refreshToken: value } = await endpoint.ask(grant, query);
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
      if (!isRefusal(error)) throw error;
      if (memory.current === used) memory.current = undefined;
      query.signal?.throwIfAborted();
      return undefined;
    }
    const { token, refreshToken: value } = granted;
    if (value !== undefined && memory.current === used) memory.current = { value, scope: used.scope };
    return token;
  }
}

/** An answer that is no token, trouble of a gateway apart: with this refresh token it would come again and again. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof TokenRequestError) || !error.response) return false;
  const { status, error: code } = error.response;
  return status < 500 || (code !== undefined && ![502, 503, 504].includes(status));
}
