/** What a fetch that failed is rejected with. */

import { OAuth2BackendError } from '../errors.js';
import { markFailure, timeLimitReached } from './failure.js';
import type { Call } from './signals.js';

/** The signal's own reason, our own error, a `TimeoutError` for the connect limit, else fetch's own error marked 502. */
export function fetchFailure(error: unknown, call: Pick<Call, 'aborted' | 'reason'>, connectTimeout: number): unknown {
  if (call.aborted) return call.reason;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof OAuth2BackendError) return cause;
  if (cause instanceof Error && 'code' in cause && cause.code === 'UND_ERR_CONNECT_TIMEOUT') {
    return timeLimitReached('connect_timeout', connectTimeout);
  }
  return markFailure(error, 502);
}
