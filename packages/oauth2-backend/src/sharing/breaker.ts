/** Keeps callers from a store that failed, and lets one of them try again now and then. */

import type { Clock } from '../clock.js';

const FIRST_PERIOD = 1_000;
const LAST_PERIOD = 30_000;
const JITTER = 0.15;

/** Whether the store may be used. */
export interface Breaker {
  /** Whether this caller may use it; after a period one may, and the others when that has worked. */
  enter(): boolean;
  /** @returns whether it was in use before */
  failed(): boolean;
  /** @returns whether it was out of use before */
  succeeded(): boolean;
}

/** A breaker whose period grows from 1 s to 30 s while the store works no longer than the last period was. */
export function breaker(clock: Clock, random: () => number = Math.random): Breaker {
  let state: 'closed' | 'open' | 'trial' = 'closed';
  let period = 0;
  let until = 0;
  let closedAt = Number.NEGATIVE_INFINITY;

  return {
    enter() {
      if (state === 'open' && clock.monotonic() >= until) {
        state = 'trial';
        return true;
      }
      return state === 'closed';
    },
    failed() {
      const now = clock.monotonic();
      const wasClosed = state === 'closed';
      const lasting = wasClosed && now - closedAt > period;
      period = lasting ? FIRST_PERIOD : Math.min(Math.max(period * 2, FIRST_PERIOD), LAST_PERIOD);
      until = now + period * (1 + JITTER * random());
      state = 'open';
      return wasClosed;
    },
    succeeded() {
      const wasClosed = state === 'closed';
      if (!wasClosed) closedAt = clock.monotonic();
      state = 'closed';
      return !wasClosed;
    },
  };
}
