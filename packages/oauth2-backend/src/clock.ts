/** Where time comes from. Tests inject their own; both readings are milliseconds. */
export interface Clock {
  /** The wall clock: milliseconds since the epoch. It may jump either way. */
  now(): number;
  /** A clock that never runs backwards, from an arbitrary start. It may stand still while the machine sleeps. */
  monotonic(): number;
}

/** The machine's clocks. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
});
