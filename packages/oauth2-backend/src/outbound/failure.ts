/** What a call that failed is rejected with: the client's own classes, with the status for an inbound client that nobody else answers. */

import { types } from 'node:util';
import { errors } from 'undici';
import { memberOf } from '../definitions/own-members.js';
import { OAuth2BackendError } from '../errors.js';
import type { Call } from './call.js';

/** Marks a failure 502 or 504, hidden from the inbound client; what is ours, or no error, is left alone. */
export function markFailure<E>(error: E, statusCode: 502 | 504): E {
  // Not `instanceof Error`: under a test runner Node's own errors are of another realm.
  const marked = types.isNativeError(error) || error instanceof DOMException;
  if (marked && !(error instanceof OAuth2BackendError) && Object.isExtensible(error)) {
    Object.defineProperties(error, {
      statusCode: { value: statusCode, configurable: true, writable: true },
      // NestJS 12 takes an error for one of HTTP where both are there and the same.
      status: { value: statusCode, configurable: true, writable: true },
      expose: { value: false, configurable: true, writable: true },
    });
  }
  return error;
}

/** The `TimeoutError` that a limit of ours ends a call with, marked 504. */
export function timeLimitReached(attribute: string, milliseconds: number): DOMException {
  const reason = new DOMException(limitText(attribute, milliseconds), 'TimeoutError');
  timeLimits.add(reason);
  return markFailure(reason, 504);
}

/** Whether a limit of ours, not a signal of the caller's, is this reason. */
export function isTimeLimit(reason: unknown): reason is DOMException {
  return reason instanceof DOMException && timeLimits.has(reason);
}

const timeLimits = new WeakSet<DOMException>();

/** undici's own error for a limit of ours that is over, marked 504. */
export function undiciTimeLimit(attribute: string, milliseconds: number, answered = false): Error {
  const message = limitText(attribute, milliseconds);
  return markFailure(answered ? new errors.BodyTimeoutError(message) : new errors.HeadersTimeoutError(message), 504);
}

/**
 * The reason the call was ended with, our own error, a `TimeoutError` for the connect limit, else the error marked 502. What
 * fetch wraps counts as what it wraps.
 */
export function callFailure(error: unknown, call: Pick<Call, 'aborted' | 'reason'>, connectTimeout: number): unknown {
  if (call.aborted) return call.reason;
  for (const each of [error, error instanceof Error ? error.cause : undefined]) {
    if (each instanceof OAuth2BackendError || isTimeLimit(each)) return each;
    if (codeOf(each) === CONNECT_TIMEOUT) return timeLimitReached('connect_timeout', connectTimeout);
  }
  return markFailure(error, 502);
}

/** Our own error; undici's marked 504 for a time limit and 502 for what else the connection did; a caller's mistake as it is. */
export function undiciFailure(error: unknown, connectTimeout: number): unknown {
  if (error instanceof OAuth2BackendError) return error;
  const code = codeOf(error);
  if (code === CONNECT_TIMEOUT) {
    return markFailure(new errors.ConnectTimeoutError(limitText('connect_timeout', connectTimeout)), 504);
  }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') return error;
  return markFailure(error, code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' ? 504 : 502);
}

/** Takes off what undici could not parse: a server may have repeated the token in these bytes, or sent one. */
export function dropUnparsedBytes(error: unknown): void {
  if (typeof error === 'object' && error !== null && Object.hasOwn(error, 'data'))
    delete (error as { data?: unknown }).data;
}

const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';

function limitText(attribute: string, milliseconds: number): string {
  return `${attribute} of ${milliseconds} ms is over`;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? memberOf(error as { code?: unknown }, 'code') : undefined;
}
