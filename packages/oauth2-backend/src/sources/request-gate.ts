/** The gate of one renewal's requests to the token endpoint; `renewals.ts` has the order of the calls. */

import type { Clock } from '../clock.js';
import type { RequestGate } from '../token-request/grant-source.js';
import { type Asking, othersError } from './own-error.js';
import type { Attempt } from './pauses.js';
import type { SharedPause } from './shared-pause.js';

/** The gate, with what the renewal itself asks of it. */
interface RenewalGate extends RequestGate {
  /** When it was passed, and how far the last request got. */
  attempt(): Attempt;
  /** The renewal's time is over: a request that has just been sent says nothing then. */
  cut(): void;
  /** The words for a renewal whose time, in milliseconds, is over now; nothing where nobody knows how far it is. */
  late(milliseconds: number): string | undefined;
  /** Whether it waits for another's attempt now. */
  waiting(): boolean;
  /** Whether another's failure kept it from asking. */
  turnedAway(): boolean;
  /** The renewal is over: the next one may try. */
  leave(): void;
}

interface GateOptions extends Asking {
  readonly clock: Clock;
  /** Milliseconds for a renewal's requests. */
  readonly deadline: number;
  readonly shared: SharedPause | undefined;
  /** Asks although a pause is on. */
  readonly overrule: boolean;
  /** Told when waiting begins, and when the first request is about to be sent. */
  readonly onProgress: () => void;
}

/** Shut while the token backend is paused or tried by another renewal. */
export function renewalGate({ name, asked, clock, deadline, shared, overrule, onProgress }: GateOptions): RenewalGate {
  let state: 'before' | 'waiting' | 'inside' | 'over' = 'before';
  let request: Attempt['request'] = 'unsent';
  let began = clock.monotonic();
  let sentAt = 0;
  let answers = 0;
  let replaced: Attempt['replaced'];
  let turnedAway = false;
  let late: ((milliseconds: number) => string) | undefined;
  let letOut = () => {};

  return {
    enter() {
      const failure = shared?.active();
      if (failure && !overrule && state !== 'inside') {
        turnedAway = true;
        throw othersError(failure.error, { name, asked });
      }
      if (state === 'inside' || state === 'over') return undefined;
      const entering = shared?.enter() ?? nobody;
      if (typeof entering !== 'function') return wait(entering);
      letOut = entering;
      state = 'inside';
      began = clock.monotonic();
      answers = shared?.answers() ?? 0;
      onProgress();
      return undefined;
    },
    sent(since) {
      request = 'under way';
      replaced = since;
      sentAt = performance.now();
    },
    answered() {
      request = 'answered';
    },
    reaches(words) {
      late = words;
    },
    late: (milliseconds) => late?.(milliseconds),
    attempt: () => ({ began, request, answers, replaced }),
    cut() {
      if (request === 'under way' && performance.now() - sentAt < deadline / 4) request = 'unsent';
    },
    waiting: () => state === 'waiting',
    turnedAway: () => turnedAway || state === 'waiting',
    leave() {
      if (state !== 'waiting') state = 'over';
      letOut();
    },
  };

  async function wait(trial: Promise<void>): Promise<void> {
    state = 'waiting';
    onProgress();
    await trial;
    state = 'before';
  }
}

const nobody = () => {};
