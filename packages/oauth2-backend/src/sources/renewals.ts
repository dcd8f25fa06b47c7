/** The renewals of one identity, one at a time: each as a flight, let through by the pauses, which learn from how it ended. */

import { ClosedError, NoTokenError, TokenRequestError, TokenTimeoutError } from '../errors.js';
import type { GrantInput, GrantSource } from '../grant-input.js';
import type { RequestContext } from '../request-context.js';
import { othersError } from './failure.js';
import { type Flight, startFlight } from './flight.js';
import type { KeepOptions, KeepPause } from './kept-source.js';
import { passage } from './passage.js';
import { type Pausing, pausing } from './pausing.js';
import { type Renewed, renew } from './renewal.js';

/** What a renewal is started with. */
export interface Occasion {
  /** The value of the token that has been refused, if that is why. */
  readonly refused: string | undefined;
  readonly context: RequestContext | undefined;
  readonly input: Promise<GrantInput> | undefined;
  /** Asks although a pause is on. */
  readonly overrule: boolean;
}

/** How a renewal ended. */
export type Outcome = (
  | { readonly renewed: Renewed }
  | {
      readonly error: unknown;
      /** Which input was refused. */
      readonly digest: string | undefined;
      /** Absent when nobody need wait: the identity has not failed itself. */
      readonly pause: KeepPause | undefined;
    }
) & {
  /** Whether a refused token was the reason. */
  readonly forced: boolean;
};

/** Starts them and knows the one under way. */
export interface Renewals {
  readonly pauses: Pausing;
  flight(): Flight<Renewed> | undefined;
  /** @throws ClosedError */
  start(occasion: Occasion): Flight<Renewed>;
  closed(): boolean;
  /** Ends the one under way and refuses to start another. */
  close(): void;
}

/** @param options.onEnd told before those who wait; not of what was ended by `close()`, nor of who was turned away for another's failure */
export function renewals(
  source: GrantSource,
  options: KeepOptions & { readonly onEnd: (outcome: Outcome) => void },
): Renewals {
  const { name, clock, deadline, shared, onEnd } = options;
  const pauses = pausing({ name, clock, shared });
  let flight: Flight<Renewed> | undefined;
  let closed = false;

  return {
    pauses,
    flight: () => flight,
    start,
    closed: () => closed,
    close() {
      closed = true;
      flight?.abort(closedError());
    },
  };

  function start({ refused, context, input, overrule }: Occasion): Flight<Renewed> {
    if (closed) throw closedError();
    const forced = refused !== undefined;
    // What the application's functions take, and waiting for another's attempt, is not the token endpoint's time.
    const way = passage({ name, clock, deadline, shared, overrule, onProgress: () => restart() });
    let restart = () => {};
    let digest: string | undefined;
    let evaluated = input === undefined;

    const work = async (signal: AbortSignal): Promise<Renewed> => {
      const given = input && (await input);
      digest = given?.digest;
      evaluated = true;
      signal.throwIfAborted();
      const query = { signal, refused, context, input: given, passage: way };
      const renewed = await renew(source, query, { clock, mayRepeat, onStumble: () => shared?.stumbled() });
      // What comes after the deadline has no caller any more, and may be older than what is kept by now.
      signal.throwIfAborted();
      return renewed;
    };
    const mayRepeat = () => !pauses.failing();
    const late = () => {
      way.cut();
      if (way.waiting()) return othersError(shared?.last()?.error, name);
      return new TokenTimeoutError(`no token for "${name}" within ${deadline} ms`);
    };
    const started = startFlight(work, { deadline, late });
    restart = started.restart;
    const result = started.result.then(
      (renewed) => {
        ended();
        pauses.succeeded(way.attempt());
        onEnd({ renewed, forced });
        return renewed;
      },
      (error) => {
        ended();
        if (!closed && !way.turnedAway()) onEnd({ error, digest, forced, pause: judge(error) });
        throw error;
      },
    );
    result.catch(() => {});
    flight = { ...started, result };
    return flight;

    function ended(): void {
      flight = undefined;
      way.leave();
    }

    function judge(error: unknown): KeepPause | undefined {
      // The next caller has an input of his own.
      if (!evaluated && error instanceof NoTokenError) return undefined;
      const attempt = way.attempt();
      // The token backend's own token could not be had: whoever asks for that paces it.
      if (shared && attempt.request === 'unsent' && error instanceof TokenRequestError) return undefined;
      const { scope, began } = pauses.failed(error, attempt);
      return { scope, began, retryAt: pauses.last()?.retryAt ?? clock.now() };
    }
  }

  function closedError(): ClosedError {
    return new ClosedError(`backend "${name}" was closed`);
  }
}
