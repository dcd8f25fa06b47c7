/** What a request costs beyond the bare client that sends it. */
import { titles } from '../contenders/index.js';
import { assertAllAnswered, interleave } from '../measuring/rounds.js';
import { figure, number } from '../report/figures.js';
import { median } from '../report/statistics.js';
import { closeAll } from '../world.js';

const PAIRS = [
  { ours: 'ours-request', bare: 'bare-undici-request' },
  { ours: 'ours-request', bare: 'bare-dispatcher-request', atMost: 5 },
  { ours: 'ours-interceptor', bare: 'bare-dispatcher-request' },
  { ours: 'ours-fetch', bare: 'bare-fetch', atMost: 12 },
  { ours: 'ours-got', bare: 'bare-got', atMost: 30 },
];

/** Each of our clients against the bare one; no signal and no timer on either side. */
export async function ownCpu(world, { rounds, pick }) {
  const names = [...new Set(PAIRS.flatMap(({ ours, bare }) => [ours, bare]))];
  const contenders = await Promise.all(names.map((name) => world.contender(name, { limits: false })));
  const milliseconds = pick(700, 60);
  const results = await interleave(contenders, rounds, async (contender) => {
    const result = await contender.ask('closedLoop', { concurrency: 50, milliseconds });
    assertAllAnswered(contender, result);
    return result.cpu / result.requests;
  });
  await closeAll(contenders);

  const pairs = PAIRS.map((pair) => ({ ...pair, ...compare(results, pair) }));
  return {
    title: 'Own CPU of a warm request',
    text: `CPU of the client process (user and system) a request, 50 at a time, timeouts \`"0s"\`, the same header on both sides. Median of ${rounds} interleaved rounds of ${milliseconds} ms; "own" is the median of the rounds' differences. \`request\` is held against \`dispatcher.request()\`, the cheaper of undici's two.`,
    columns: ['contender', 'CPU µs', 'bare client', 'CPU µs', 'own µs'],
    rows: pairs.map(({ ours, bare, with: own, without, difference }) => [
      titles[ours],
      number(own, 1),
      titles[bare],
      number(without, 1),
      number(difference, 1),
    ]),
    figures: pairs
      .filter(({ atMost }) => atMost !== undefined)
      .map(({ ours, difference, atMost }) =>
        figure(`own CPU of ${titles[ours]}`, difference, { atMost, digits: 1, unit: ' µs' }),
      ),
  };
}

function compare(results, { ours, bare }) {
  const own = results.get(titles[ours]);
  const without = results.get(titles[bare]);
  return {
    with: median(own),
    without: median(without),
    difference: median(own.map((cpu, round) => cpu - without[round])),
  };
}
