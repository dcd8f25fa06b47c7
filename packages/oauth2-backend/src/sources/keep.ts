/** Keeps a source's token, renews it ahead of its end, and asks once however many callers wait. */

import { ClosedError, NoTokenError, type OAuth2BackendError, TokenTimeoutError } from '../errors.js';
import type { GrantInput, GrantQuery, GrantSource } from '../grant-input.js';
import type { AccessToken } from '../token.js';
import { failureKind, ownError } from './failure.js';
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
export function keep(source: GrantSource, options: KeepOptions): KeptSource {
  const { name, clock } = options;
  const forced = forcedRenewals(clock);
  const pausing = pause({ clock });
  let kept: Kept | undefined;
  /** The last token that came, kept or not. */
  let last: AccessToken | undefined;
  let overruled = false;
  let flight: Flight<AccessToken> | undefined;
  let closed = false;
  let refusedInput: string | undefined;

  return {
    current() {
      return kept && !kept.refused && !reached(kept.life.soft, clock) ? kept.token : undefined;
    },

    async token(query: GrantQuery = {}): Promise<AccessToken> {
      query.signal?.throwIfAborted();
      const refusedHere = query.refused !== undefined && kept?.token.value === query.refused;
      if (refusedHere) markRefused();

      if (kept && !kept.refused && !reached(kept.life.hard, clock)) {
        const { token } = kept;
        if (reached(kept.life.soft, clock) && !flight && !pausing.active() && !closed) {
          const input = inputOf(query);
          const { result } = start(query, input);
          // The context belongs to this caller's request: it is read before the caller goes on - or the renewal is given up.
          if (input) await waitFor(Promise.race([input, result]).catch(ignore), query.signal);
        }
        return token;
      }
      return forcedOrDue(query, refusedHere);
    },

    async ready(signal) {
      const unexpired = usable();
      if (unexpired) return unexpired.token;
      const failure = pausing.active();
      if (failure && overruled) return fallBack(failure.error, signal, false);
      overruled = failure !== undefined;
      if (!flight) start({}, undefined);
      return wait(signal, false);
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
  async function forcedOrDue(query: GrantQuery, refusedHere: boolean): Promise<AccessToken> {
    let input = query.input;
    const failure = pausing.active();
    if (!flight && failure) {
      input = source.prepare && (await anotherInput(query, failure.error));
      if (!input) return fallBack(failure.error, undefined, refusedHere);
      // A newer token may have come meanwhile.
      if (kept && !kept.refused && !reached(kept.life.hard, clock)) return kept.token;
    }
    if (!flight) {
      const unexpired = usable();
      const refused = unexpired?.refused ? unexpired.token : query.refused === last?.value ? last : undefined;
      // Nothing newer can be had: naming the same token says so.
      if (refused && !forced.take()) return refused;
      start(query, input ? Promise.resolve(input) : inputOf(query));
    }
    return wait(query.signal, refusedHere);
  }

  function wait(signal: AbortSignal | undefined, refusedHere: boolean): Promise<AccessToken> {
    if (!flight) throw new TypeError('there is no renewal to wait for');
    return waitFor(flight.result, signal).catch((error) => fallBack(error, signal, refusedHere));
  }

  function inputOf(query: GrantQuery): Promise<GrantInput> | undefined {
    return query.input ? Promise.resolve(query.input) : source.prepare?.(query.context);
  }

  /** A remembered refusal belongs to the assertion that was refused: another one may be asked with. */
  async function anotherInput(query: GrantQuery, error: unknown): Promise<GrantInput | undefined> {
    if (!failureKind(error).refusal) return undefined;
    const input = await inputOf(query)?.catch(ignore);
    return input && input.digest !== refusedInput ? input : undefined;
  }

  /** After a failure: the kept token while it has not expired - but not for the caller who has just seen it refused. */
  function fallBack(error: unknown, signal: AbortSignal | undefined, refusedHere: boolean): Promise<AccessToken> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const unexpired = usable();
    return unexpired && !refusedHere ? Promise.resolve(unexpired.token) : Promise.reject(own(error));
  }

  function start(query: GrantQuery, input: Promise<GrantInput> | undefined): Flight<AccessToken> {
    if (closed) throw new ClosedError(`backend "${name}" was closed`);
    const refused = kept?.refused ? kept.token.value : undefined;
    let digest: string | undefined;
    const work = async (signal: AbortSignal): Promise<AccessToken> => {
      const evaluated = input && (await input);
      digest = evaluated?.digest;
      return fly({ signal, refused, context: query.context, input: evaluated });
    };
    flight = startFlight(work, {
      deadline: options.deadline,
      late: () => new TokenTimeoutError(`no token for "${name}" within ${options.deadline} ms`),
    });
    const ended = () => {
      flight = undefined;
    };
    flight.result.then(ended, (error) => {
      ended();
      // A context that gave nothing sent nothing: the next caller has a context of his own and need not wait.
      if (input && digest === undefined && error instanceof NoTokenError) return tell(error);
      refusedInput = digest;
      if (!closed) failed(error);
    });
    return flight;
  }

  async function fly(query: GrantQuery): Promise<AccessToken> {
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
    last = token;
    if (!reached(life.end, clock)) kept = next;
    pausing.succeeded();
    options.onEvent?.({ type: 'renewed', token });
    return token;
  }

  function failed(error: unknown): void {
    pausing.failed(error);
    tell(error);
  }

  function tell(error: unknown): void {
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
    if (flight) return 'renewing';
    if (failing) return 'failing';
    if (!kept) return 'none';
    return usable() ? 'fresh' : 'expired';
  }
}

function ignore(): undefined {
  return undefined;
}
