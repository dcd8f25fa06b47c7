/** What a request through undici that failed is rejected with, and what its body fails with. */

import { errors } from 'undici';
import { OAuth2BackendError } from '../errors.js';
import { dropUnparsedBytes } from '../token-request/unparsed-bytes.js';
import { markFailure } from './failure.js';

/** undici's own error for a limit of ours that is over, marked 504. */
export function undiciTimeLimit(attribute: string, milliseconds: number, answered = false): Error {
  const message = `${attribute} of ${milliseconds} ms is over`;
  return markFailure(answered ? new errors.BodyTimeoutError(message) : new errors.HeadersTimeoutError(message), 504);
}

/** Our own error; undici's marked 504 for a time limit and 502 for what else the connection did; a caller's mistake as it is. */
export function undiciFailure(error: unknown, connectTimeout: number): unknown {
  if (typeof error !== 'object' || error === null || error instanceof OAuth2BackendError) return error;
  dropUnparsedBytes(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return markFailure(new errors.ConnectTimeoutError(`connect_timeout of ${connectTimeout} ms is over`), 504);
  }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') return error;
  return markFailure(error, code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' ? 504 : 502);
}
