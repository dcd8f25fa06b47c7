/** What kind of failure ended a renewal. */

import { memberOf } from '../definitions/own-members.js';
import { TokenRequestError, TokenTimeoutError } from '../errors.js';

/** Whether asking again soon may help, and whom the failure concerns. */
interface FailureKind {
  /** A 4xx other than 408 and 429 is a refusal: the server has judged the request. */
  readonly refusal: boolean;
  /** Worth a quick attempt inside the same renewal. */
  readonly quick: boolean;
  /**
   * Whose next request would meet it: `one` for this identity's; `all` for everybody's, as with a broken connection or
   * silence; `perhaps all` for what a server may answer to one (429, 502, 503, 504).
   */
  readonly concerns: 'one' | 'all' | 'perhaps all';
}

const GATEWAY = new Set([502, 503, 504]);

const ofFunctions = new WeakSet<object>();

/** Gives what a function of the application threw in place of a token: nobody knows whether it concerns one user or all, nor what another try would cost. */
export function ofFunction(error: unknown): unknown {
  if (error instanceof TokenRequestError) ofFunctions.add(error);
  return error;
}

/** Judges a failure by its class and the answer's status. */
export function failureKind(error: unknown): FailureKind {
  const kind = kindOf(error);
  if (kind.concerns !== 'all' || !(error instanceof Error) || !ofFunctions.has(error)) return kind;
  return { ...kind, quick: false, concerns: 'perhaps all' };
}

function kindOf(error: unknown): FailureKind {
  if (error instanceof TokenTimeoutError) return { refusal: false, quick: false, concerns: 'all' };
  if (!(error instanceof TokenRequestError)) return { refusal: false, quick: false, concerns: 'one' };
  const status = memberOf(error, 'response')?.status;
  if (status === undefined) return { refusal: false, quick: true, concerns: 'all' };
  const gateway = GATEWAY.has(status);
  return {
    refusal: status >= 400 && status < 500 && status !== 408 && status !== 429,
    quick: gateway || memberOf(error, 'stumbled') === true,
    concerns: gateway || status === 429 ? 'perhaps all' : 'one',
  };
}

/** Whether a refusal is the client's own, whatever assertion it asks with (RFC 6749 §5.2). */
export function concernsClient(error: unknown): boolean {
  return error instanceof TokenRequestError && OF_THE_CLIENT.has(memberOf(error, 'response')?.error ?? '');
}

/** Whether the server does not give that scope (RFC 6749 §5.2). */
export function isOfScope(error: unknown): boolean {
  return error instanceof TokenRequestError && error.response?.error === 'invalid_scope';
}

const OF_THE_CLIENT = new Set(['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope']);
