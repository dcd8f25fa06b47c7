/** What a got request that failed is rejected with. */

import { CancelError, RequestError, TimeoutError } from 'got';
import { OAuth2BackendError } from '../../errors.js';
import type { Call } from '../../outbound/call.js';
import { isTimeLimit, markFailure } from '../../outbound/failure.js';

/** Our own error and the signal's own reason come out unwrapped; got's errors without anything secret in reach. */
export function gotFailure(error: unknown, signal: Pick<Call, 'aborted' | 'reason'> | undefined): unknown {
  const own = ownCause(error);
  if (own) return own;
  if (signal?.aborted && !isTimeLimit(signal.reason)) return signal.reason;
  if (!(error instanceof RequestError) || error instanceof CancelError) return error;
  const { cause } = error;
  const shown = isTimeLimit(cause) ? asTimeout(error, cause) : error;
  return markFailure(conceal(shown), shown instanceof TimeoutError ? 504 : 502);
}

function ownCause(error: unknown): OAuth2BackendError | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; cause = cause.cause, depth++) {
    if (cause instanceof OAuth2BackendError) return cause;
  }
  return undefined;
}

function asTimeout(error: RequestError, cause: DOMException): RequestError {
  // got makes one of the signal's reason, whose code is a DOMException's number.
  if (error instanceof TimeoutError) return Object.assign(error, { code: 'ETIMEDOUT', event: 'request' });
  const reason = Object.assign(new Error(cause.message, { cause }), { code: 'ETIMEDOUT', event: 'request' });
  return error.request && error.timings ? new TimeoutError(reason as never, error.timings, error.request) : error;
}

/** The request behind these members holds the Authorization header as it was sent. */
function conceal(error: RequestError): RequestError {
  const { response, cause } = error;
  // Node keeps the bytes that it could not parse. Not `instanceof`: under a test runner its errors are of another realm.
  if (typeof cause === 'object' && cause !== null && Object.hasOwn(cause, 'rawPacket'))
    delete (cause as { rawPacket?: unknown }).rawPacket;
  const hidden = { enumerable: false, configurable: true, writable: true };
  Object.defineProperties(error, {
    options: { ...hidden, value: error.options },
    request: { ...hidden, value: undefined },
    response: { ...hidden, value: response && plainResponse(response) },
  });
  return error;
}

/** The body may repeat what was sent: it is there for those who ask by name. */
function plainResponse(response: NonNullable<RequestError['response']>): object {
  const { statusCode, statusMessage, headers, url, requestUrl, redirectUrls, body, rawBody, ok, retryCount } = response;
  const plain = { statusCode, statusMessage, headers, url, requestUrl, redirectUrls, ok, retryCount };
  return Object.defineProperties(plain, { body: { value: body }, rawBody: { value: rawBody } });
}

/** Takes a member out of console output and enumeration; whoever asks for it by name still gets it. */
export function hideRequest(holder: object, member: string): void {
  const found = Object.getOwnPropertyDescriptor(holder, member);
  if (found?.configurable && found.enumerable) Object.defineProperty(holder, member, { ...found, enumerable: false });
}

/** The same for an answer that got has not seen yet: what got will put there is hidden from the start. */
export function hideInAnswer(response: { req: unknown }): void {
  const value = response.req;
  Object.defineProperty(response, 'req', { value, enumerable: false });
  Object.defineProperty(response, 'request', { value: undefined, writable: true, configurable: true });
}
