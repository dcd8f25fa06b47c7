/** One call through a backend, the same for each carrier: what may end it, its token, its repeats. */

import type { Bearer } from '../bearer.js';
import { TokenTimeoutError } from '../errors.js';
import { sharedSignal } from '../shared-signal.js';
import { type Call, startCall } from '../signals.js';
import type { AccessToken } from '../token.js';
import { type CarrierSettings, inboundSignal } from './settings.js';
import { timeLimitReached } from './transport-failure.js';

/** A call with its token. */
export interface OutboundCall extends Call {
  /** The token to send now; `undefined` for a backend without one. A promise only when it has to be waited for. */
  token(): AccessToken | undefined | Promise<AccessToken>;
  /** After a 401: the token to repeat with, or `undefined` when the 401 is the answer. */
  afterRefusal(
    token: AccessToken | undefined,
    challenges: string | readonly string[] | undefined,
    replayable: boolean,
  ): Promise<AccessToken | undefined>;
  /** After any other answer. */
  accepted(token: AccessToken | undefined): void;
  /** Starts the limit on the time to the answer's headers. */
  limitAnswer(): void;
  /** The reason for `ttfb_timeout`. */
  lateAnswer(): DOMException;
}

/** Starts a call. @throws ClosedError when the backends are closed */
export function outboundCall(
  bearer: Bearer,
  settings: CarrierSettings,
  options: { method: string; signal: AbortSignal | null | undefined; total?: boolean },
): OutboundCall {
  const { timeouts, context } = settings;
  const { signal } = options;
  if (signal && typeof signal.addEventListener !== 'function') throw new TypeError('signal must be an AbortSignal');
  const signals = [sharedSignal(signal), inboundSignal(settings, options.method)];
  let waiting: 'token' | 'renewal' | undefined;
  let repeats = 0;
  const end = settings.begin((reason) => call.abort(reason));
  const call: Call = startCall({
    signals,
    timeout: options.total === false ? 0 : timeouts.total,
    late: () => (waiting ? lateToken(waiting) : timeLimitReached('timeout', timeouts.total)),
    onDone: end,
  });
  const query = { signal: call.signal, context };
  const lateAnswer = () => timeLimitReached('ttfb_timeout', timeouts.ttfb);

  return {
    ...call,
    token: () => (bearer.hasToken ? (bearer.current() ?? whileWaiting('token', bearer.token(query))) : undefined),
    async afterRefusal(token, challenges, replayable) {
      if (!token) return undefined;
      const next = await whileWaiting(
        'renewal',
        bearer.afterRefusal({ token, challenges, replayable, repeats, query }),
      );
      if (next) repeats += 1;
      return next;
    },
    accepted(token) {
      if (token && repeats > 0) bearer.accepted(token);
    },
    limitAnswer: () => call.limit(timeouts.ttfb, lateAnswer),
    lateAnswer,
  };

  async function whileWaiting<T>(what: 'token' | 'renewal', promise: Promise<T>): Promise<T> {
    waiting = what;
    try {
      return await promise;
    } finally {
      waiting = undefined;
    }
  }

  function lateToken(what: 'token' | 'renewal'): TokenTimeoutError {
    const message = `no token for "${bearer.name}" within its timeout of ${timeouts.total} ms`;
    return new TokenTimeoutError(message, { resource: what === 'renewal' ? { status: 401 } : undefined });
  }
}
