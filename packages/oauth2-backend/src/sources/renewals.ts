/**
 * The renewals of one identity, one at a time: each is a flight, and the pauses learn from how it ended.
 *
 * Only the instant of sending tells whether a request may be sent: credentials are read before, and the token backend may
 * need a token of its own. So whoever sends a renewal's requests passes a gate (`RequestGate`), in this order, and the
 * calls tell the pauses how far the last request got:
 * 1. `enter()`, everything ready: throws while the token backend is paused; gives a promise while another renewal tries it
 *    alone, after which everything is made ready again, for assertions age; gives nothing when the request may be sent.
 * 2. `sent()`, at the instant of sending, with what tells whether its secrets and keys were replaced since. What fails before
 *    says nothing of the token endpoint.
 * 3. `answered()`, the answer read. What fails between the two is a broken connection or silence.
 */

import { ClosedError, MissingSubjectError, NoTokenError, TokenRequestError, TokenTimeoutError } from '../errors.js';
import type { RequestContext } from '../token.js';
import type { Demands, GrantInput, GrantSource } from '../token-request/grant-source.js';
import { type Flight, startFlight } from './flight.js';
import { type MakeInput, offeredInput } from './offered-input.js';
import { othersError } from './own-error.js';
import type { Failure } from './pause.js';
import { type Attempt, Pauses, type PausesOptions, type StartedPause } from './pauses.js';
import { quickAttempts, type Renewed } from './quick-attempts.js';
import { renewalGate } from './request-gate.js';

/** What a renewal is started for. */
interface RenewalStart {
  /** The value of the token that has been refused, if that is why. */
  readonly refused: string | undefined;
  readonly context: RequestContext | undefined;
  readonly input: Promise<GrantInput> | undefined;
  readonly demands?: Demands | undefined;
  /** Asks although a pause is on. */
  readonly overrule: boolean;
}

/** How a renewal ended. */
export type RenewalEnd = (
  | { readonly renewed: Renewed; readonly recovered: boolean }
  | {
      readonly error: unknown;
      /** Which input was refused. */
      readonly digest: string | undefined;
      /** Absent when nobody need wait: the identity has not failed itself. */
      readonly pause: StartedPause | undefined;
    }
) & {
  /** Whether a refused token was the reason. */
  readonly forced: boolean;
};

/** Whether a renewal has brought an error. */
export function hasFailed(end: RenewalEnd): end is Extract<RenewalEnd, { readonly error: unknown }> {
  // `in` asks the prototype too.
  return Object.hasOwn(end, 'error');
}

/** A renewal under way. */
export interface Renewal extends Flight<Renewed> {
  /** One more caller waits for it, whose request may give the input where the one that started it gives none. */
  offer(make: MakeInput): void;
}

/** How the pauses are made, and a renewal's time. */
interface RenewalsOptions extends PausesOptions {
  /** Milliseconds for a renewal's requests. */
  readonly deadline: number;
}

/** Starts renewals and knows the one under way. A class of few fields: there is one for each user. */
export class Renewals {
  readonly pauses: Pauses;
  /** The one under way. */
  flight: Renewal | undefined;
  closed = false;
  readonly #source: GrantSource;
  readonly #options: RenewalsOptions;

  constructor(source: GrantSource, options: RenewalsOptions) {
    this.#source = source;
    this.#options = options;
    this.pauses = new Pauses(options);
  }

  /**
   * @param onEnd told before those who wait; not of what was ended by `close()`, nor of who was turned away for another's failure
   * @throws ClosedError
   */
  start({ refused, context, input, demands, overrule }: RenewalStart, onEnd: (end: RenewalEnd) => void): Renewal {
    if (this.closed) throw this.#closedError();
    const { name, asked, clock, deadline, shared } = this.#options;
    const forced = refused !== undefined;
    let restart = () => {};
    // What the application's functions take, and waiting for another's attempt, is not the token endpoint's time.
    const gate = renewalGate({ name, asked, clock, deadline, shared, overrule, onProgress: () => restart() });
    let digest: string | undefined;
    let evaluated = input === undefined;
    const offered = input && offeredInput(input);

    const work = async (signal: AbortSignal): Promise<Renewed> => {
      const given = offered && (await offered.take(signal));
      digest = given?.digest;
      evaluated = true;
      signal.throwIfAborted();
      const query = { signal, refused, context, input: given, demands, gate };
      const renewed = await quickAttempts(this.#source, query, {
        clock,
        mayRepeat,
        onStumble: () => shared?.stumbled(this.pauses),
      });
      // What comes after the deadline has no caller any more, and may be older than what is kept by now.
      signal.throwIfAborted();
      return renewed;
    };
    const mayRepeat = () => !this.pauses.failing();
    const late = () => {
      gate.cut();
      if (gate.waiting()) return othersError(shared?.last()?.error, this.#options);
      const message =
        gate.late(deadline) ?? `no token for "${name}" within ${deadline} ms${evaluated ? '' : UNEVALUATED}`;
      return new TokenTimeoutError(message, { backend: name });
    };
    const ended = () => {
      if (this.flight === flight) this.flight = undefined;
      gate.leave();
    };
    const started = startFlight(work, { deadline, late });
    restart = started.restart;
    const result = started.result.then(
      (renewed) => {
        ended();
        const recovered = this.pauses.succeeded(gate.attempt());
        onEnd({ renewed, forced, recovered });
        return renewed;
      },
      (error) => {
        ended();
        if (!this.closed && error !== ABANDONED && !gate.turnedAway()) {
          onEnd({ error, digest, forced, pause: this.#judge(error, gate.attempt(), evaluated) });
        }
        throw error;
      },
    );
    result.catch(() => {});
    const flight = { ...started, result, offer: (make: MakeInput) => offered?.offer(make) };
    this.flight = flight;
    return flight;
  }

  /** Whether one is under way. */
  renewing(): boolean {
    return this.flight !== undefined;
  }

  /** Whether a caller without a token would start one now. */
  wouldAsk(): boolean {
    return !this.renewing() && !this.pauses.active();
  }

  /** The failure for which nobody may ask now, if there is one. In a pause the credentials are looked at, beside the caller. */
  paused(): Failure | undefined {
    const failure = this.pauses.active();
    if (failure) this.pauses.look();
    return failure;
  }

  /** Ends the one under way, for which nobody waits: nobody is told, and it is no failure. */
  abandon(): void {
    const { flight } = this;
    // Who comes next must not wait for it.
    this.flight = undefined;
    flight?.abort(ABANDONED);
  }

  /** Ends the one under way and refuses to start another. */
  close(): void {
    this.closed = true;
    this.flight?.abort(this.#closedError());
  }

  #judge(error: unknown, attempt: Attempt, evaluated: boolean): StartedPause | undefined {
    const { shared } = this.#options;
    // The next caller has an input of his own.
    if (!evaluated && (error instanceof NoTokenError || error instanceof MissingSubjectError)) return undefined;
    // The token backend's own token could not be had: whoever asks for that paces it.
    if (shared && attempt.request === 'unsent' && error instanceof TokenRequestError) return undefined;
    return this.pauses.failed(error, attempt);
  }

  #closedError(): ClosedError {
    return new ClosedError(`backend "${this.#options.name}" was closed`, { backend: this.#options.name });
  }
}

const UNEVALUATED = ': the function that gives its assertion, claims or subject token did not end';
const ABANDONED = new ClosedError('nobody waits for this token any more');
