/** Latencies over time as a picture (SVG): a strip for each contender below one another, with one scale for all. */

const WIDTH = 860;
const LEFT = 64;
const RIGHT = 20;
const TOP = 76;
const STRIP = 62;
const GAP = 34;
const BOTTOM = 48;
/** Milliseconds; the slowest request within is what is drawn. */
const BIN = 50;
/** Milliseconds, logarithmic. */
const LOWEST = 0.3;
const TICKS = [1, 10, 100, 1000];
const OWN = 'oauth2-backend';

/**
 * The picture.
 *
 * @param series `{ title, points: { at, took, status }[] }[]`, in milliseconds; titles that begin with our name stand out
 */
export function latencyPlot(series) {
  const span = Math.ceil(Math.max(1, ...series.flatMap(({ points }) => points.map(({ at }) => at))) / 1000) * 1000;
  const highest = Math.max(1000, ...series.flatMap(({ points }) => points.map(({ took }) => took)));
  const height = TOP + series.length * (STRIP + GAP) + BOTTOM;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">`,
    '<title id="title">Latency of requests while access tokens of two seconds come and go</title>',
    STYLE,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    `<text class="head" x="${LEFT}" y="26">Latency across rotations: tokens live 2 s, the token endpoint takes 200 ms</text>`,
    legend(),
    ...series.map((each, index) => strip(each, { top: TOP + index * (STRIP + GAP) + GAP / 2, span, highest })),
    timeAxis(height - BOTTOM, span),
    `<text class="label" transform="translate(16 ${TOP + (series.length * (STRIP + GAP)) / 2}) rotate(-90)" text-anchor="middle">latency, milliseconds (logarithmic)</text>`,
    '</svg>',
    '',
  ].join('\n');
}

/** The outline of the slowest latency of each bin, from the floor of the strip up, as the `d` of a path. */
export function outline(points, { top, span, highest }) {
  const slowest = new Map();
  for (const { at, took } of points) {
    const bin = Math.floor(at / BIN);
    slowest.set(bin, Math.max(slowest.get(bin) ?? 0, took));
  }
  const floor = round(top + STRIP);
  const steps = [...slowest].map(([bin, took]) => {
    const [left, right] = [bin, bin + 1].map((edge) => round(across(Math.min(edge * BIN, span), span)));
    return `M${left} ${floor}V${round(up(took, { top, highest }))}H${right}V${floor}Z`;
  });
  return steps.join('');
}

const STYLE = `<style>
  svg { font: 12px system-ui, sans-serif }
  .ground { fill: #ffffff } text { fill: #1f2328 } .grid { stroke: #d1d9e0; stroke-width: 1 }
  .own { fill: #0969da } .peer { fill: #bc4c00 } .failed { fill: #1f2328 }
  .head { font-size: 15px; font-weight: 600 } .name { font-weight: 600 } .label { fill: #59636e }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #f0f6fc } .grid { stroke: #3d444d }
    .own { fill: #4493f8 } .peer { fill: #f0883e } .failed { fill: #f0f6fc } .label { fill: #9198a1 }
  }
</style>`;

function legend() {
  const entries = [
    ['own', OWN, 0],
    ['peer', 'others', 130],
    ['failed', 'failed requests', 210],
  ];
  const y = 50;
  const marks = entries.map(
    ([kind, text, x]) =>
      `<rect class="${kind}" x="${LEFT + x}" y="${y - 10}" width="12" height="12"/><text x="${LEFT + x + 18}" y="${y}">${text}</text>`,
  );
  return `${marks.join('')}<text class="label" x="${WIDTH - RIGHT}" y="${y}" text-anchor="end">the slowest request of each ${BIN} ms</text>`;
}

function strip({ title, points }, frame) {
  const { top } = frame;
  const kind = title.startsWith(OWN) ? 'own' : 'peer';
  const lines = TICKS.filter((tick) => tick <= frame.highest).map((tick) => {
    const y = round(up(tick, frame));
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text class="label" x="${LEFT - 6}" y="${y + 4}" text-anchor="end">${tick}</text>`;
  });
  const failed = points.filter(({ status }) => status !== 200);
  const marks = [...new Set(failed.map(({ at }) => round(across(at, frame.span))))].map(
    (x) => `<circle class="failed" cx="${x}" cy="${top + STRIP + 3}" r="2.5"/>`,
  );
  return [
    ...lines,
    `<path class="${kind}" d="${outline(points, frame)}"/>`,
    ...marks,
    `<text class="name" x="${LEFT}" y="${top - 5}">${escaped(title)}</text>`,
  ].join('');
}

function timeAxis(y, span) {
  const ticks = Array.from({ length: span / 1000 + 1 }, (_, second) => second).filter(
    (second) => second % (span > 10_000 ? 2 : 1) === 0,
  );
  const marks = ticks.map((second) => {
    const x = round(across(second * 1000, span));
    return `<line class="grid" x1="${x}" x2="${x}" y1="${y - 8}" y2="${y}"/><text class="label" x="${x}" y="${y + 14}" text-anchor="middle">${second}</text>`;
  });
  return `${marks.join('')}<text class="label" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${y + 34}" text-anchor="middle">time, seconds</text>`;
}

function across(milliseconds, span) {
  return LEFT + (milliseconds / span) * (WIDTH - LEFT - RIGHT);
}

function up(milliseconds, { top, highest }) {
  const share = Math.log(Math.max(milliseconds, LOWEST) / LOWEST) / Math.log(highest / LOWEST);
  return top + STRIP * (1 - share);
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
