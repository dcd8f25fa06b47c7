/** Whether the applications hold more at the end than after the warm-up. */

/** Bytes that caches and compiled code may still grow by after the warm-up. */
const GROWTH = 1_500_000;
/** Bytes for each visit: less than the smallest thing that could be forgotten. */
const PER_VISIT = 24;
/** Runs shorter than this (seconds) are warm-up from begin to end: memory is not judged. */
export const SHORTEST_JUDGED = 120;

/** Compares two measurements; `visits` were between them, `visitors` at once. */
export function judgeMemory({ warm, end, visits, visitors, seconds, violations }) {
  if (seconds >= SHORTEST_JUDGED) {
    for (const part of ['heap', 'outside']) {
      const grown = end[part] - warm[part];
      const text = `${grown} bytes more ${part} after ${visits} visits`;
      if (grown > GROWTH + PER_VISIT * visits) violations.add('memory is flat', text);
    }
  }
  for (const kind of Object.keys(end.resources)) {
    const [before, after] = [warm.resources[kind] ?? 0, end.resources[kind]];
    // Connections are kept for as many calls as there were at once.
    const spare = kind === 'TCPSocketWrap' ? 4 * visitors : 0;
    if (after > before + spare)
      violations.add('handles are flat', `${kind}: ${before} after the warm-up, ${after} at the end`);
  }
}

/** When all is closed, nothing may be left that keeps the process alive - other than its channel to ours. */
export function judgeClosed(closed, violations) {
  for (const [kind, count] of Object.entries(closed.resources)) {
    if (kind !== 'PipeWrap') violations.add('nothing is left after close()', `${count} ${kind}`);
  }
}
