/** Failures of the resource request: the client's own classes, with the status for an inbound client that nobody else answers. */

import { types } from 'node:util';
import { OAuth2BackendError } from '../errors.js';

/** Marks a failure 502 or 504, hidden from the inbound client; what is ours, or no error, is left alone. */
export function markFailure<E>(error: E, statusCode: 502 | 504): E {
  // Not `instanceof Error`: under a test runner Node's own errors are of another realm.
  const marked = types.isNativeError(error) || error instanceof DOMException;
  if (marked && !(error instanceof OAuth2BackendError) && Object.isExtensible(error)) {
    Object.defineProperties(error, {
      statusCode: { value: statusCode, configurable: true, writable: true },
      expose: { value: false, configurable: true, writable: true },
    });
  }
  return error;
}

/** The reason a limit ends a call with. */
export function timeLimitReached(attribute: string, milliseconds: number): DOMException {
  const reason = new DOMException(`${attribute} of ${milliseconds} ms is over`, 'TimeoutError');
  timeLimits.add(reason);
  return markFailure(reason, 504);
}

/** Whether a limit of ours, not a signal of the caller's, is this reason. */
export function isTimeLimit(reason: unknown): reason is DOMException {
  return reason instanceof DOMException && timeLimits.has(reason);
}

const timeLimits = new WeakSet<DOMException>();
