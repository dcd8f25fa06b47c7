/** The renewals of one identity, one at a time: each as a flight, let through by the pauses, which learn from how it ended. */

import { ClosedError, NoTokenError, TokenTimeoutError } from '../errors.js';
import type { GrantInput, GrantSource } from '../grant-input.js';
import type { RequestContext } from '../request-context.js';
import { othersError } from './failure.js';
import { type Flight, startFlight } from './flight.js';
import type { KeepOptions, KeepPause } from './kept-source.js';
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

/** @param options.onEnd told before those who wait; not of what was ended by `close()` */
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
    const attempt = { began: clock.monotonic(), sent: false };
    let digest: string | undefined;
    let phase: 'preparing' | 'at the door' | 'asking' = 'preparing';
    let leave = () => {};

    const work = async (signal: AbortSignal): Promise<Renewed> => {
      const evaluated = input && (await input);
      digest = evaluated?.digest;
      const entering = shared?.enter();
      if (entering) {
        phase = 'at the door';
        leave = await entering;
        // Who was let in after his time must let the next one in.
        if (signal.aborted) leave();
        const failure = shared?.active();
        if (failure && !overrule) throw othersError(failure.error, name);
      }
      signal.throwIfAborted();
      phase = 'asking';
      attempt.began = clock.monotonic();
      const onSend = () => {
        attempt.sent = true;
      };
      const query = { signal, refused, context, input: evaluated, onSend };
      const renewed = await renew(source, query, { clock, mayRepeat: () => !pauses.failing() });
      // What comes after the deadline has no caller any more, and may be older than what is kept by now.
      signal.throwIfAborted();
      return renewed;
    };

    const late = () =>
      phase === 'at the door'
        ? othersError(shared?.last()?.error, name)
        : new TokenTimeoutError(`no token for "${name}" within ${deadline} ms`);
    const started = startFlight(work, { deadline, late });
    const result = started.result.then(
      (renewed) => {
        ended();
        pauses.succeeded(attempt);
        onEnd({ renewed, forced });
        return renewed;
      },
      (error) => {
        ended();
        if (!closed) onEnd({ error, digest, pause: judge(error), forced });
        throw error;
      },
    );
    result.catch(() => {});
    flight = { ...started, result };
    return flight;

    function ended(): void {
      flight = undefined;
      leave();
    }

    function judge(error: unknown): KeepPause | undefined {
      // Nobody asked: another's pause came first, or there was no input; the next caller has one of his own.
      if (phase === 'at the door' || (phase === 'preparing' && error instanceof NoTokenError)) return undefined;
      const scope = pauses.failed(error, attempt);
      return { scope, retryAt: pauses.last()?.retryAt ?? clock.now() };
    }
  }

  function closedError(): ClosedError {
    return new ClosedError(`backend "${name}" was closed`);
  }
}
