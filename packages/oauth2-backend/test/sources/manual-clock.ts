import type { Clock } from '../../src/clock.js';

/** A clock that moves only when it is told to. */
export interface ManualClock extends Clock {
  /** Time passes: both readings move on by so many milliseconds. */
  pass(milliseconds: number): void;
  /** Somebody sets the wall clock; the monotonic one does not notice. */
  jump(milliseconds: number): void;
  /** The machine was suspended the other way round: only the monotonic clock moves. */
  tick(milliseconds: number): void;
}

/** Starts at a fixed instant; the two readings have nothing in common. */
export function manualClock(): ManualClock {
  let wall = Date.UTC(2026, 0, 1);
  let monotonic = 5_000;
  return {
    now: () => wall,
    monotonic: () => monotonic,
    pass(milliseconds) {
      wall += milliseconds;
      monotonic += milliseconds;
    },
    jump(milliseconds) {
      wall += milliseconds;
    },
    tick(milliseconds) {
      monotonic += milliseconds;
    },
  };
}
