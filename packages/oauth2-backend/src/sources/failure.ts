/** A renewal that failed: what kind of failure it was, and an error of his own for each caller. */

import {
  ClosedError,
  NoTokenError,
  OAuth2BackendError,
  type TokenErrorOptions,
  TokenRequestError,
  TokenTimeoutError,
} from '../errors.js';

/** Whether asking again soon may help. */
export interface FailureKind {
  /** A 4xx other than 408 and 429 is a refusal: the server has judged the request. */
  readonly refusal: boolean;
  /** Worth a quick attempt inside the same renewal. */
  readonly quick: boolean;
}

const QUICK = new Set([502, 503, 504]);

/** Judges a failure by its class and the answer's status. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof TokenTimeoutError) return { refusal: false, quick: false };
  if (!(error instanceof TokenRequestError)) return { refusal: false, quick: false };
  const status = error.response?.status;
  if (status === undefined) return { refusal: false, quick: true };
  return {
    refusal: status >= 400 && status < 500 && status !== 408 && status !== 429,
    quick: QUICK.has(status),
  };
}

/**
 * An error of the caller's own with the common cause: frameworks write on what they catch.
 * What is not ours becomes an `ERR_OAUTH2_NO_TOKEN` with it as `cause`.
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
