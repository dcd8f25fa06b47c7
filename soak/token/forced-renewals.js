/** How many renewals refusals have cost each identity: the budget of a client, seen from the token endpoint. */

const BURST = 5;
/** Milliseconds in which one more is earned. */
const DISTANCE = 12_000;

/** One at a time for each identity: `count(identity)` gives how many are left after it, `left(identity)` how many now. */
export function forcedRenewals() {
  const known = new Map();

  return {
    left,
    count(identity) {
      const after = left(identity) - 1;
      known.set(identity, { after, at: performance.now() });
      return after;
    },
  };

  function left(identity) {
    const last = known.get(identity);
    return last ? Math.min(BURST, last.after + (performance.now() - last.at) / DISTANCE) : BURST;
  }
}
