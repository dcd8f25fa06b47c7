/** Keeps a source's token, renews it ahead of its end, and asks once however many callers wait. */

import { NoTokenError, TokenTimeoutError } from '../errors.js';
import type { GrantInput, GrantQuery, GrantSource } from '../grant-input.js';
import type { AccessToken } from '../token.js';
import { concernsClient, failureKind, ownError } from './failure.js';
import { listenToFeedback } from './feedback.js';
import { inTime, waitFor } from './flight.js';
import { forcedRenewals } from './forced-renewals.js';
import { holding } from './holding.js';
import type { KeepOptions, KeptSource } from './kept-source.js';
import { lifetimeOf, unrenewedLifetime } from './lifetime.js';
import { type Outcome, renewals } from './renewals.js';

/** The one wrapper that keeps and shares (two would be wrong in either order). */
export function keep(source: GrantSource, options: KeepOptions): KeptSource {
  const { name, clock, deadline, onEvent = ignore } = options;
  const held = holding(clock);
  const budget = forcedRenewals(clock, () => onEvent({ type: 'budget' }));
  const renewing = renewals(source, { ...options, onEnd });
  const { pauses } = renewing;
  let overruled = false;
  /** Whether the kept token is there because another was refused. */
  let forced = false;
  let refusedInput: string | undefined;

  return {
    current: held.fresh,

    async token(query: GrantQuery = {}): Promise<AccessToken> {
      query.signal?.throwIfAborted();
      const refusedHere = query.refused !== undefined && held.token()?.value === query.refused;
      if (refusedHere) refuse();

      const token = held.usable();
      if (!token) return forcedOrDue(query, refusedHere);
      if (!held.fresh() && !renewing.flight() && !pauses.active() && !renewing.closed()) {
        const input = inputOf(query);
        const { result } = start(query, input);
        // The context belongs to this caller's request: it is read before the caller goes on - or the renewal is given up.
        if (input) await waitFor(Promise.race([input, result]).catch(ignore), query.signal);
      }
      return token;
    },

    async ready(signal) {
      const unexpired = held.unexpired();
      if (unexpired) return unexpired;
      const failure = pauses.active();
      if (failure && overruled) return fallBack(failure.error, signal, false);
      overruled = failure !== undefined;
      if (!renewing.flight()) start({}, undefined, overruled);
      return wait(signal, false);
    },

    state() {
      const token = held.token();
      return {
        state: nameState(),
        ...(token && { expiresAt: token.expiresAt }),
        last: pauses.last() ?? pauses.active(),
      };
    },

    close: () => renewing.close(),
  };

  /** The caller has to wait, or to be content with what is left. */
  async function forcedOrDue(query: GrantQuery, refusedHere: boolean): Promise<AccessToken> {
    let input = query.input;
    const failure = pauses.active();
    if (!renewing.flight() && failure) {
      input = source.prepare && (await anotherInput(query, failure.error));
      if (!input) return fallBack(failure.error, query.signal, refusedHere);
      // A newer token may have come meanwhile.
      const token = held.usable();
      if (token) return token;
    }
    if (!renewing.flight()) {
      const last = held.last();
      const refused = held.refused() ? held.unexpired() : query.refused === last?.value ? last : undefined;
      // Nothing newer can be had: naming the same token says so.
      if (refused && !budget.take()) return refused;
      start(query, input ? Promise.resolve(input) : inputOf(query));
    }
    return wait(query.signal, refusedHere);
  }

  function wait(signal: AbortSignal | undefined, refusedHere: boolean): Promise<AccessToken> {
    const flight = renewing.flight();
    if (!flight) throw new TypeError('there is no renewal to wait for');
    const renewed = flight.result.then(({ token }) => token);
    return waitFor(refusedHere ? renewed : patiently(renewed), signal).catch((error) =>
      fallBack(error, signal, refusedHere),
    );
  }

  /** Who has a token that has not ended waits for half of what is left of it: then it is still of use. */
  function patiently(renewed: Promise<AccessToken>): Promise<AccessToken> {
    const patience = held.left() / 2;
    if (patience === 0 || patience >= deadline) return renewed;
    return inTime(renewed, { deadline: patience, late: () => new TokenTimeoutError(`no token for "${name}" yet`) });
  }

  function inputOf(query: GrantQuery): Promise<GrantInput> | undefined {
    return query.input ? Promise.resolve(query.input) : source.prepare?.(query.context);
  }

  /** A remembered refusal belongs to the assertion that was refused: another one may be asked with. */
  async function anotherInput(query: GrantQuery, error: unknown): Promise<GrantInput | undefined> {
    if (!failureKind(error).refusal || concernsClient(error)) return undefined;
    const asked = inputOf(query);
    if (!asked) return undefined;
    const late = () => new NoTokenError(`no assertion for "${name}" within ${deadline} ms`, { statusCode: 502 });
    const input = await waitFor(inTime(asked, { deadline, late }).catch(ignore), query.signal);
    return input && input.digest !== refusedInput ? input : undefined;
  }

  /** After a failure: the kept token while it has not expired - but not for the caller who has just seen it refused. */
  function fallBack(error: unknown, signal: AbortSignal | undefined, refusedHere: boolean): Promise<AccessToken> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const unexpired = held.unexpired();
    return unexpired && !refusedHere ? Promise.resolve(unexpired) : Promise.reject(ownError(error, name));
  }

  function start(query: GrantQuery, input: Promise<GrantInput> | undefined, overrule = false) {
    const forcedBy = held.refused() ? held.token()?.value : undefined;
    return renewing.start({ refused: forcedBy, context: query.context, input, overrule });
  }

  function onEnd(outcome: Outcome): void {
    if ('error' in outcome) {
      const { error, digest, pause, forced } = outcome;
      if (pause) refusedInput = digest;
      onEvent({ type: 'failed', error, forced, pause });
      return;
    }
    overruled = false;
    const { token, asked, cut } = outcome.renewed;
    const life = cut ? unrenewedLifetime(token, asked) : lifetimeOf(token, asked, options.renewBefore, Math.random());
    listenToFeedback(token, {
      refused: () => (held.token() === token ? refuse() : undefined),
      refusedAgain: () => budget.refusedAgain(),
      accepted() {
        budget.accepted();
        onEvent({ type: 'accepted' });
      },
    });
    forced = outcome.forced;
    held.put(token, life);
    onEvent({ type: 'renewed', token, forced: outcome.forced });
  }

  function refuse(): void {
    const token = held.token();
    if (!token || !held.refuse()) return;
    // It need not have been sent with a repeat: who came next was the first to send it.
    if (forced) budget.refusedAgain();
    onEvent({ type: 'refused', token });
  }

  function nameState(): ReturnType<KeptSource['state']>['state'] {
    if (renewing.flight()) return 'renewing';
    const unexpired = held.unexpired() !== undefined;
    if (pauses.last() || (pauses.active() && !unexpired)) return 'failing';
    if (unexpired) return 'fresh';
    return held.token() ? 'expired' : 'none';
  }
}

function ignore(): undefined {
  return undefined;
}
