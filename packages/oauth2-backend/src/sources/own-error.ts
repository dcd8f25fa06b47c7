/** Copies of a failure that many share: frameworks write on what they catch, so each caller gets an error of its own. */

import { memberOf, ownMembers } from '../definitions/own-members.js';
import {
  ClosedError,
  NoTokenError,
  OAuth2BackendError,
  SubjectRefusedError,
  type TokenErrorOptions,
  TokenRequestError,
  TokenTimeoutError,
} from '../errors.js';

/**
 * The same error again, with the common cause. What is not ours becomes an `ERR_OAUTH2_NO_TOKEN` with it as `cause`.
 *
 * @param more what asked for the token, when a resource server's refusal did; until when nobody asks
 */
export function ownError(error: unknown, name: string, more: MoreOfError = {}): OAuth2BackendError {
  const { resource, retryAt } = ownMembers(more);
  if (error instanceof TokenRequestError) {
    const retryAfter = memberOf(error, 'retryAfter');
    const stumbled = memberOf(error, 'stumbled');
    const response = memberOf(error, 'response');
    const Kind = error instanceof SubjectRefusedError ? SubjectRefusedError : TokenRequestError;
    return new Kind(error.message, { ...common(error), response, retryAfter, stumbled });
  }
  if (error instanceof TokenTimeoutError) return new TokenTimeoutError(error.message, common(error));
  if (error instanceof NoTokenError) {
    return new NoTokenError(error.message, { ...common(error), statusCode: error.statusCode === 500 ? 500 : 502 });
  }
  if (error instanceof ClosedError)
    return new ClosedError(error.message, { backend: memberOf(error, 'backend') ?? name });
  if (error instanceof OAuth2BackendError) return error;
  return new NoTokenError(`token source of "${name}" failed`, {
    ...more,
    cause: error,
    backend: name,
    statusCode: 502,
  });

  function common(known: TokenRequestError | TokenTimeoutError | NoTokenError) {
    return {
      cause: memberOf(known, 'cause'),
      backend: memberOf(known, 'backend') ?? name,
      resource: resource ?? memberOf(known, 'resource'),
      retryAt: retryAt ?? memberOf(known, 'retryAt'),
    };
  }
}

type MoreOfError = Pick<TokenErrorOptions, 'resource' | 'retryAt'>;

/** Whose token is asked for where, for messages. */
export interface Asking {
  /** Name of the backend. */
  readonly name: string;
  /** The token endpoint's host and the client, in words; absent where a function gives the tokens. */
  readonly asked?: { readonly host: string; readonly client: string } | undefined;
}

/** The failure of another identity, for a caller whose own request did not fail: without what the server said to the other. */
export function othersError(error: unknown, { name, asked }: Asking): OAuth2BackendError {
  const head = asked
    ? `${asked.host} is not asked for ${asked.client} now`
    : `token endpoint of "${name}" is not asked now`;
  if (error instanceof TokenTimeoutError) {
    return new TokenTimeoutError(`${head}: it did not answer others in time`, { backend: name });
  }
  const status = error instanceof TokenRequestError ? memberOf(error, 'response')?.status : undefined;
  const reason =
    status === undefined ? `could not be reached by others${codeOf(error)}` : `answered ${status} to others`;
  return new TokenRequestError(`${head}: it ${reason}`, { backend: name });
}

/** The network's code says nothing of the other. */
function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown =
    typeof cause === 'object' && cause !== null ? memberOf(cause as { code?: unknown }, 'code') : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z\d_]{2,50}$/.test(code) ? ` (${code})` : '';
}
