/** Random choices that a seed repeats (mulberry32). */

/** A generator of choices; `fork()` gives one of its own, so that one user's choices do not move another's. */
export function seededRandom(seed) {
  let state = seed >>> 0;

  const random = {
    /** From 0 up to 1. */
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    between: (from, to) => from + (to - from) * random.next(),
    chance: (probability) => random.next() < probability,
    pick: (list) => list[Math.floor(random.next() * list.length)],
    fork: () => seededRandom(Math.floor(random.next() * 2 ** 32)),
  };
  return random;
}
