/** Keeps a source's token, renews it ahead of its end, and asks once however many callers wait. */

import { ClosedError, type OAuth2BackendError, TokenTimeoutError } from '../errors.js';
import type { AccessToken, TokenQuery, TokenSource } from '../token.js';
import { ownError } from './failure.js';
import { listenToFeedback } from './feedback.js';
import { type Flight, startFlight, waitFor } from './flight.js';
import { forcedRenewals } from './forced-renewals.js';
import type { KeepOptions, KeptSource } from './kept-source.js';
import { type Lifetime, lifetimeOf, reached } from './lifetime.js';
import { pause } from './pause.js';
import { renew } from './renewal.js';

interface Kept {
  readonly token: AccessToken;
  readonly life: Lifetime;
  refused: boolean;
}

/** The one wrapper that keeps and shares (two would be wrong in either order). */
export function keep(source: TokenSource, options: KeepOptions): KeptSource {
  const { name, clock } = options;
  const forced = forcedRenewals(clock);
  const pausing = pause({ clock });
  let kept: Kept | undefined;
  let flight: Flight<AccessToken> | undefined;
  let closed = false;

  return {
    current() {
      return kept && !kept.refused && !reached(kept.life.soft, clock) ? kept.token : undefined;
    },

    async token(query: TokenQuery = {}): Promise<AccessToken> {
      query.signal?.throwIfAborted();
      const refusedHere = query.refused !== undefined && kept?.token.value === query.refused;
      if (refusedHere) markRefused();

      if (kept && !kept.refused && !reached(kept.life.hard, clock)) {
        if (reached(kept.life.soft, clock) && !flight && !pausing.active() && !closed) start(query);
        return kept.token;
      }
      return forcedOrDue(query, refusedHere);
    },

    ready: (signal) => {
      if (kept && !reached(kept.life.end, clock)) return Promise.resolve(kept.token);
      flight ??= start({});
      return waitFor(flight.result, signal).catch((error) => fallBack(error, signal, false));
    },

    state() {
      const last = pausing.last();
      return { state: nameState(last !== undefined), ...(kept && { expiresAt: kept.token.expiresAt }), last };
    },

    close() {
      closed = true;
      flight?.abort(new ClosedError(`backend "${name}" was closed`));
    },
  };

  /** The caller has to wait, or to be content with what is left. */
  function forcedOrDue(query: TokenQuery, refusedHere: boolean): Promise<AccessToken> {
    if (!flight) {
      const failure = pausing.active();
      if (failure) return fallBack(failure.error, undefined, refusedHere);
      const unexpired = usable();
      // Nothing newer can be had: naming the same token says so.
      if (unexpired?.refused && !forced.take()) return Promise.resolve(unexpired.token);
      flight = start(query);
    }
    return waitFor(flight.result, query.signal).catch((error) => fallBack(error, query.signal, refusedHere));
  }

  /** After a failure: the kept token while it has not expired - but not for the caller who has just seen it refused. */
  function fallBack(error: unknown, signal: AbortSignal | undefined, refusedHere: boolean): Promise<AccessToken> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const unexpired = usable();
    return unexpired && !refusedHere ? Promise.resolve(unexpired.token) : Promise.reject(own(error));
  }

  function start(query: TokenQuery): Flight<AccessToken> {
    if (closed) throw new ClosedError(`backend "${name}" was closed`);
    const refused = kept?.refused ? kept.token.value : undefined;
    const started = startFlight((signal) => fly({ signal, refused, context: query.context }), {
      deadline: options.deadline,
      late: () => new TokenTimeoutError(`no token for "${name}" within ${options.deadline} ms`),
    });
    flight = started;
    const ended = () => {
      flight = undefined;
    };
    started.result.then(ended, (error) => {
      ended();
      if (!closed) failed(error);
    });
    return started;
  }

  async function fly(query: TokenQuery): Promise<AccessToken> {
    const { token, asked } = await renew(source, query, { clock, quickAttempts: pausing.last() === undefined });
    // What comes after the deadline has no caller any more, and may be older than what is kept by now.
    if (query.signal?.aborted) throw query.signal.reason;
    const life = lifetimeOf(token, asked, options.renewBefore, Math.random());
    const next: Kept = { token, life, refused: false };
    listenToFeedback(token, {
      refused: () => (kept === next ? markRefused() : undefined),
      refusedAgain: () => forced.refusedAgain(),
      accepted: () => forced.accepted(),
    });
    if (!reached(life.end, clock)) kept = next;
    pausing.succeeded();
    options.onEvent?.({ type: 'renewed', token });
    return token;
  }

  function failed(error: unknown): void {
    pausing.failed(error);
    options.onEvent?.({ type: 'failed', error, retryAt: pausing.last()?.retryAt ?? clock.now() });
  }

  function markRefused(): void {
    if (!kept || kept.refused) return;
    kept.refused = true;
    options.onEvent?.({ type: 'refused' });
  }

  function usable(): Kept | undefined {
    return kept && !reached(kept.life.end, clock) ? kept : undefined;
  }

  function own(error: unknown): OAuth2BackendError {
    return ownError(error, name);
  }

  function nameState(failing: boolean): ReturnType<KeptSource['state']>['state'] {
    if (failing) return 'failing';
    if (flight) return 'renewing';
    if (!kept) return 'none';
    return usable() ? 'fresh' : 'expired';
  }
}
