/** What the soak prints. */
import { SHORTEST_JUDGED } from './memory.js';

/** The line of each ten seconds. */
export function progressLine({ elapsed, visitors, tokens, api, faults, violations }) {
  const { visits, statuses, left } = visitors.counts;
  const answers = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
  const broken = violations.list().reduce((sum, [, { count }]) => sum + count, 0);
  return [
    `${String(Math.round(elapsed / 1000)).padStart(4)} s`,
    `${visits} visits (${answers.join(', ')}, ${left} left)`,
    `${tokens.requests} token requests`,
    `${api.refusals} × 401`,
    ...(broken > 0 ? [`${broken} violations`] : []),
    faults.now() || 'healthy',
  ].join(' · ');
}

/** The table at the end. */
export function finalTable({
  seconds,
  seed,
  elapsed,
  visitors,
  verdict,
  tokens,
  api,
  faults,
  clientNames,
  stalls,
  warm,
  end,
  reports,
}) {
  const { visits, statuses, left } = visitors.counts;
  const rows = [
    ['seed', seed],
    ['clients', clientNames.join(', ')],
    ['visits', `${visits}, ${Math.round(visits / (elapsed / 1000))} a second; ${left} left before the answer`],
    ['answers', list(statuses)],
    ['due a 200', `${verdict.counts.live} with a live token, ${verdict.counts.obtainable} with one to be had`],
    ['excused', `${verdict.counts.excused}; ${verdict.counts.failed} answers were failures`],
    ['API', `${api.requests} requests, ${api.refusals} × 401`],
    [
      'token endpoint',
      `${tokens.requests} requests, ${tokens.failures} failed, ${tokens.turnedAway} connections turned away`,
    ],
    ['faults', list(faults.counts)],
    [
      'heap',
      `${megabytes(warm.heap)} after the warm-up, ${megabytes(end.heap)} at the end${seconds < SHORTEST_JUDGED ? ' (not judged)' : ''}`,
    ],
    ['outside of it', `${megabytes(warm.outside)}, ${megabytes(end.outside)}`],
    ['handles', `${list(warm.resources)} - ${list(end.resources)}`],
    ['reported by the library', `${reports} warnings`],
    ['machine stood still', `${Math.round(stalls.total())} ms`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n');
}

/** The last lines: passed, or each violated invariant with examples. */
export function result(violations, seed) {
  const broken = violations.list();
  if (broken.length === 0) return 'soak: passed';
  const lines = broken.flatMap(([name, { count, examples }]) => [
    `  ✗ ${name}: violated ${count} ×`,
    ...examples.map((text) => `      ${text.trim()}`),
  ]);
  return [...lines, `soak: failed, seed ${seed}`].join('\n');
}

function list(counts) {
  const parts = Object.entries(counts).map(([name, count]) => `${count} × ${name}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
