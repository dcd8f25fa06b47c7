/** A renewal that failed: what kind of failure it was, and an error of his own for each caller. */

import {
  NoTokenError,
  OAuth2BackendError,
  type TokenErrorOptions,
  TokenRequestError,
  TokenTimeoutError,
} from '../errors.js';

/** Whether asking again soon may help, and who is to wait. */
export interface FailureKind {
  /** A 4xx other than 408 and 429 is a refusal: the server has judged the request. */
  readonly refusal: boolean;
  /** The token backend as a whole is in trouble, not this identity alone. */
  readonly everyone: boolean;
  /** Worth a quick attempt inside the same renewal. */
  readonly quick: boolean;
}

const TROUBLE = new Set([429, 502, 503, 504]);
const QUICK = new Set([502, 503, 504]);

/** Judges a failure by its class and the answer's status. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof TokenTimeoutError) return { refusal: false, everyone: true, quick: false };
  if (!(error instanceof TokenRequestError)) return { refusal: false, everyone: false, quick: false };
  const status = error.response?.status;
  if (status === undefined) return { refusal: false, everyone: true, quick: true };
  return {
    refusal: status >= 400 && status < 500 && status !== 408 && status !== 429,
    everyone: TROUBLE.has(status),
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
  if (error instanceof OAuth2BackendError) return error;
  return new NoTokenError(`token source of "${backend}" failed`, { cause: error, resource, statusCode: 502 });
}
