/** A renewal that failed: what kind of failure it was, and an error of his own for each caller. */

import {
  ClosedError,
  NoTokenError,
  OAuth2BackendError,
  type TokenErrorOptions,
  TokenRequestError,
  TokenTimeoutError,
} from '../errors.js';

/** Whether asking again soon may help, and whom the failure concerns. */
export interface FailureKind {
  /** A 4xx other than 408 and 429 is a refusal: the server has judged the request. */
  readonly refusal: boolean;
  /** Worth a quick attempt inside the same renewal. */
  readonly quick: boolean;
  /** It says something of the token backend, not of this identity: everybody's next request would meet it. */
  readonly everyone: boolean;
}

const GATEWAY = new Set([502, 503, 504]);

/** Judges a failure by its class and the answer's status. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof TokenTimeoutError) return { refusal: false, quick: false, everyone: true };
  if (!(error instanceof TokenRequestError)) return { refusal: false, quick: false, everyone: false };
  const status = error.response?.status;
  if (status === undefined) return { refusal: false, quick: true, everyone: true };
  const gateway = GATEWAY.has(status);
  return {
    refusal: status >= 400 && status < 500 && status !== 408 && status !== 429,
    quick: gateway,
    everyone: gateway || status === 429,
  };
}

/** Whether the server has answered, as opposed to a connection that broke or a time that was over. */
export function isAnswer(error: unknown): boolean {
  return error instanceof TokenRequestError && error.response !== undefined;
}

/** Whether a refusal is the client's own, whatever assertion it asks with (RFC 6749 §5.2). */
export function concernsClient(error: unknown): boolean {
  return error instanceof TokenRequestError && OF_THE_CLIENT.has(error.response?.error ?? '');
}

const OF_THE_CLIENT = new Set(['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope']);

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

/** The failure of another identity as it is told to who did not fail himself: without what the server said to the other. */
export function othersError(error: unknown, backend: string): OAuth2BackendError {
  if (error instanceof TokenTimeoutError) {
    return new TokenTimeoutError(`token endpoint of "${backend}" did not answer others in time; it is not asked now`);
  }
  const status = error instanceof TokenRequestError ? error.response?.status : undefined;
  const reason = status === undefined ? 'could not be reached by others' : `answered ${status} to others`;
  return new TokenRequestError(`token endpoint of "${backend}" ${reason}; it is not asked now`);
}
