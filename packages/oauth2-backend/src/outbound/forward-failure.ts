/** What a forwarded request that got no answer fails with. */

import { OAuth2BackendError } from '../errors.js';
import { markFailure, timeLimitReached } from './failure.js';

/** The signal's own reason, our own error, a `TimeoutError` for the connect limit, else undici's own error marked 502. */
export function forwardFailure(error: unknown, signal: AbortSignal, connectTimeout: number): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof OAuth2BackendError) return error;
  if (error instanceof Error && 'code' in error && error.code === 'UND_ERR_CONNECT_TIMEOUT') {
    return timeLimitReached('connect_timeout', connectTimeout);
  }
  return markFailure(error, 502);
}
