/** When the machine stood still: what depends on time cannot be judged then. */

/** Longer gaps between heartbeats (one each 100 ms) are stalls, milliseconds. */
const GAP = 350;
/** What happened this long before and after a stall is not judged, milliseconds. */
const AROUND = 1000;

/** `beat()` for each heartbeat of the applications' process; it also comes late when this process stands still. */
export function stallWatch() {
  let last;
  let total = 0;
  const stalls = [];

  return {
    beat() {
      const now = performance.now();
      if (last !== undefined && now - last > GAP) {
        stalls.push({ from: last - AROUND, to: now + AROUND });
        total += now - last;
      }
      last = now;
    },
    /** Whether there was a stall around this time, the gap that is not over yet included. */
    between(from, to) {
      if (last !== undefined && performance.now() - last > GAP) return true;
      return stalls.some((stall) => stall.from < to && stall.to > from);
    },
    /** Milliseconds. */
    total: () => total,
  };
}
