/**
 * Keeps a source's token, renews it ahead of its end, and asks once however many callers wait.
 *
 * The rules in their order; the first that fits holds (the phases are in `lifetime.ts`):
 * 1. The token is fresh: the caller gets it.
 * 2. It is due: the caller gets it; a renewal SHOULD be started in the background, unless one is under way or a pause is on.
 * 3. There is none, it is urgent, or it was refused: it MUST be renewed; the caller waits, at most for half of its life's rest.
 * 4. A pause is on: it MUST NOT be renewed. The caller MAY take what other processes have got, or ask with another assertion.
 * 5. It was refused and the budget is spent: it MUST NOT be renewed; the caller gets the same token, which says so.
 * 6. There is no newer one: the caller who has not just seen it refused gets the old one while it lives, else an error.
 * What counts as refused is said in `refusal-rules.ts`.
 */

import type { AccessToken } from '../token.js';
import type { Demands, GrantInput, GrantQuery, GrantSource } from '../token-request/grant-source.js';
import { NO_QUERY } from '../token-request/own-query.js';
import { Demanded } from './demanded.js';
import type { Flight } from './flight.js';
import { HeldTokens } from './held-tokens.js';
import type { KeepOptions, KeptSource } from './kept-source.js';
import { keptState } from './kept-state.js';
import { ownError } from './own-error.js';
import type { Renewed } from './quick-attempts.js';
import { hasFailed, type Renewal, type RenewalEnd, Renewals } from './renewals.js';
import { soonOr, waitFor } from './waiting.js';
import { anotherInput, type FindToken, tokenFinder } from './while-paused.js';

/** The one wrapper that keeps and shares: two would be wrong in either order. */
export function keep(source: GrantSource, options: KeepOptions): KeptSource {
  return new Keeper(source, options);
}

/** A class of few fields: there is one for each user, and what is needed only after a refusal is made then. */
class Keeper implements KeptSource {
  readonly #source: GrantSource;
  readonly #options: KeepOptions;
  readonly #held: HeldTokens;
  readonly #renewals: Renewals;
  readonly #look: FindToken | undefined;
  #overruled = false;
  #refusedInput: string | undefined;
  /** Made when an API first demands more than is configured. */
  #demanded: Demanded | undefined;

  constructor(source: GrantSource, options: KeepOptions) {
    this.#source = source;
    this.#options = options;
    this.#held = new HeldTokens(options);
    this.#renewals = new Renewals(source, options);
    const onFound = (renewed: Renewed, recovered: boolean) =>
      this.#onEnd({ renewed, recovered, forced: this.#held.inUse?.refused === true });
    if (source.found) this.#look = tokenFinder(source.found, { ...options, pauses: this.#renewals.pauses, onFound });
  }

  current(): AccessToken | undefined {
    return this.#held.fresh();
  }

  async token(query: GrantQuery = NO_QUERY): Promise<AccessToken> {
    query.signal?.throwIfAborted();
    const held = this.#held;
    held.settle();
    if (query.demands && held.inUse) {
      this.#demanded ??= new Demanded(held, this.#renewals);
      const start = (demands: Demands) => this.#start(query, this.#inputOf(query), { demands });
      const stepped = await this.#demanded.token(query.demands, { start, signal: query.signal });
      if (stepped) return stepped;
    }
    const named = held.named(query.refused);
    const goOn = named && !named.refused ? held.goOn(named) : undefined;
    if (goOn) return goOn;
    const refusedHere = named !== undefined && named === held.inUse;
    const token = held.usable();
    if (!token) return this.#forcedOrDue(query, refusedHere);
    if (held.isDue() && !this.#renewals.renewing() && !this.#renewals.paused() && !this.#renewals.closed) {
      const input = this.#inputOf(query);
      const { result } = this.#start(query, input);
      // The context belongs to this caller's request: it is read before the caller goes on - or the renewal is given up.
      const read = input && Promise.race([input, result]).catch(() => {});
      if (read) await waitFor(read, query.signal);
    }
    return token;
  }

  async ready(signal: AbortSignal | undefined): Promise<AccessToken> {
    const unexpired = this.#held.unexpired();
    if (unexpired) return unexpired;
    const failure = this.#renewals.pauses.active();
    if (failure && this.#overruled) return this.#fallBack(failure.error, signal, false);
    this.#overruled = failure !== undefined;
    const flight = this.#renewals.flight ?? this.#start(NO_QUERY, undefined, { overrule: this.#overruled });
    return this.#wait(flight, signal, false);
  }

  state(): ReturnType<KeptSource['state']> {
    return keptState(this.#held, this.#renewals);
  }

  get renewals(): Renewals {
    return this.#renewals;
  }

  close(): void {
    this.#renewals.close();
  }

  /** The caller has to wait, or to be content with what is left. */
  async #forcedOrDue(query: GrantQuery, refusedHere: boolean): Promise<AccessToken> {
    const held = this.#held;
    let input = query.input;
    const failure = this.#renewals.paused();
    if (!this.#renewals.flight && failure) {
      const refused = this.#refusedValue(query);
      const looking = this.#look?.({ refused, input: query.input, demands: this.#demanded?.lasting });
      if (looking) await waitFor(looking, query.signal);
      const found = looking && held.usable();
      if (found) return found;
      input = this.#source.prepare && (await waitFor(this.#anotherInput(query, failure.error), query.signal));
      if (!input) return this.#fallBack(failure.error, query.signal, refusedHere);
      // A newer token may have come meanwhile.
      const token = held.usable();
      if (token) return token;
    }
    let { flight } = this.#renewals;
    if (flight) flight.offer(() => this.#inputOf(query));
    else {
      const refused = held.inUse?.refused ? held.unexpired() && held.inUse : held.named(query.refused);
      // Nothing newer can be had: naming the same token says so.
      if (refused && !held.mayReplace(refused)) return refused.token;
      flight = this.#start(query, input ? Promise.resolve(input) : this.#inputOf(query));
    }
    return this.#wait(flight, query.signal, refusedHere);
  }

  #wait(flight: Flight<Renewed>, signal: AbortSignal | undefined, refusedHere: boolean): Promise<AccessToken> {
    const renewed = flight.result.then(({ token }) => token);
    return waitFor(refusedHere ? renewed : this.#renewedOrLeft(renewed), signal).catch((error) =>
      this.#fallBack(error, signal, refusedHere),
    );
  }

  /** Who has a token that has not ended waits for half of what is left of it: then it is still of use, unless time ran faster. */
  #renewedOrLeft(renewed: Promise<AccessToken>): Promise<AccessToken> {
    const patience = this.#held.left() / 2;
    if (patience === 0 || patience >= this.#options.deadline) return renewed;
    return soonOr(renewed, { patience, instead: () => this.#held.unexpired() });
  }

  #inputOf(query: GrantQuery): Promise<GrantInput> | undefined {
    return query.input ? Promise.resolve(query.input) : this.#source.prepare?.(query.context);
  }

  #anotherInput(query: GrantQuery, error: unknown): Promise<GrantInput | undefined> {
    const { name, deadline } = this.#options;
    return anotherInput(error, { make: () => this.#inputOf(query), name, deadline, refused: this.#refusedInput });
  }

  /** After a failure: the kept token while it has not expired - but not for the caller who has just seen it refused. */
  #fallBack(error: unknown, signal: AbortSignal | undefined, refusedHere: boolean): Promise<AccessToken> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { pauses } = this.#renewals;
    const left = refusedHere ? undefined : this.#held.unexpired();
    return left ? Promise.resolve(left) : Promise.reject(ownError(error, this.#options.name, pauses.active()));
  }

  #start(
    query: GrantQuery,
    input: Promise<GrantInput> | undefined,
    { overrule = false, demands }: { overrule?: boolean; demands?: Demands | undefined } = {},
  ): Renewal {
    const refused = this.#refusedValue(query);
    const lasting = demands ? undefined : this.#demanded?.lasting;
    const start = { refused, context: query.context, input, demands: demands ?? lasting, overrule };
    return this.#renewals.start(start, (end) => {
      if (lasting && 'error' in end) this.#demanded?.onFailed(end.error);
      this.#onEnd(end);
    });
  }

  #onEnd(end: RenewalEnd): void {
    if (hasFailed(end)) {
      const { error, digest, forced, pause } = end;
      if (pause) this.#refusedInput = digest;
      const known = !this.#options.stranger || this.#held.inUse !== undefined;
      this.#options.onEvent?.({ type: 'failed', error, forced, identity: this, known, pause });
      return;
    }
    this.#overruled = false;
    const { forced, renewed, recovered } = end;
    this.#held.put(renewed);
    this.#options.onEvent?.({ type: 'renewed', token: renewed.token, forced, recovered, identity: this });
  }

  /** What a renewal replaces: the refused token in use; where there is none in use, what the caller has seen refused. */
  #refusedValue({ refused }: GrantQuery): string | undefined {
    const { inUse } = this.#held;
    if (!inUse) return refused;
    return inUse.refused ? inUse.token.value : undefined;
  }
}
