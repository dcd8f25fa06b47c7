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
  /** Starts the limit on the time to a connection. */
  limitConnect(): void;
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
  const end = settings.begin();
  let waiting = false;
  let repeats = 0;
  const call = startCall({
    signals: [sharedSignal(options.signal), inboundSignal(settings, options.method)],
    timeout: options.total === false ? 0 : timeouts.total,
    late: () =>
      waiting
        ? new TokenTimeoutError(`no token for "${bearer.name}" within its timeout of ${timeouts.total} ms`)
        : timeLimitReached('timeout', timeouts.total),
    onDone: end,
  });
  const query = { signal: call.signal, context };
  const lateAnswer = () => timeLimitReached('ttfb_timeout', timeouts.ttfb);

  return {
    ...call,
    token: () => (bearer.hasToken ? (bearer.current() ?? whileWaiting(bearer.token(query))) : undefined),
    async afterRefusal(token, challenges, replayable) {
      if (!token) return undefined;
      const next = await whileWaiting(bearer.afterRefusal({ token, challenges, replayable, repeats, query }));
      if (next) repeats += 1;
      return next;
    },
    accepted(token) {
      if (token && repeats > 0) bearer.accepted(token);
    },
    limitAnswer: () => call.limit(timeouts.ttfb, lateAnswer),
    limitConnect: () => call.limit(timeouts.connect, () => timeLimitReached('connect_timeout', timeouts.connect)),
    lateAnswer,
  };

  async function whileWaiting<T>(promise: Promise<T>): Promise<T> {
    waiting = true;
    try {
      return await promise;
    } finally {
      waiting = false;
    }
  }
}
