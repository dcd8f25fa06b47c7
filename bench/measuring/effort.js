/** How much a run measures: enough for figures, or just enough to see that everything works. */

/** `{ quick, rounds, pick(full, little), sample(names) }`; a sample of peers does where others have seen to it that all work. */
export function effort(quick) {
  return {
    quick,
    rounds: quick ? 1 : 7,
    pick: (full, little) => (quick ? little : full),
    sample: (names) => (quick ? names.slice(0, 1) : names),
  };
}
