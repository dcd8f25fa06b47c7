/** Copies of a failure that many share: frameworks write on what they catch, so each caller gets an error of its own. */

import {
  ClosedError,
  NoTokenError,
  OAuth2BackendError,
  type TokenErrorOptions,
  TokenRequestError,
  TokenTimeoutError,
} from '../errors.js';

/**
 * The same error again, with the common cause. What is not ours becomes an `ERR_OAUTH2_NO_TOKEN` with it as `cause`.
 *
 * @param resource what asked for the token, when a resource server's refusal did
 */
export function ownError(
  error: unknown,
  backend: string,
  resource?: TokenErrorOptions['resource'],
): OAuth2BackendError {
  if (error instanceof TokenRequestError) {
    return new TokenRequestError(error.message, {
      cause: error.cause,
      response: error.response,
      resource: resource ?? error.resource,
    });
  }
  if (error instanceof TokenTimeoutError) {
    return new TokenTimeoutError(error.message, { cause: error.cause, resource: resource ?? error.resource });
  }
  if (error instanceof NoTokenError) {
    return new NoTokenError(error.message, {
      cause: error.cause,
      resource: resource ?? error.resource,
      statusCode: error.statusCode === 500 ? 500 : 502,
    });
  }
  if (error instanceof ClosedError) return new ClosedError(error.message);
  if (error instanceof OAuth2BackendError) return error;
  return new NoTokenError(`token source of "${backend}" failed`, { cause: error, resource, statusCode: 502 });
}

/** The failure of another identity, for a caller whose own request did not fail: without what the server said to the other. */
export function othersError(error: unknown, backend: string): OAuth2BackendError {
  if (error instanceof TokenTimeoutError) {
    return new TokenTimeoutError(`token endpoint of "${backend}" did not answer others in time; it is not asked now`);
  }
  const status = error instanceof TokenRequestError ? error.response?.status : undefined;
  const reason = status === undefined ? 'could not be reached by others' : `answered ${status} to others`;
  return new TokenRequestError(`token endpoint of "${backend}" ${reason}; it is not asked now`);
}
