/** What kind of failure ended a renewal. */

import { TokenRequestError, TokenTimeoutError } from '../errors.js';

/** Whether asking again soon may help, and whom the failure concerns. */
interface FailureKind {
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
