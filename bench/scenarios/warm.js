/** Requests a second and CPU a request once the token is there. */
import { bare, ours, peers, titles } from '../contenders/index.js';
import { assertAllAnswered, interleave } from '../measuring/rounds.js';
import { figure, number } from '../report/figures.js';
import { median } from '../report/statistics.js';
import { closeAll } from '../world.js';

const CONCURRENCY = [1, 50];

/** Every contender, one at a time, at 1 and at 50 concurrent. */
export async function warm(world, { rounds, pick }) {
  const contenders = await Promise.all([...ours, ...bare, ...peers].map((name) => world.contender(name)));
  const milliseconds = pick(400, 60);
  const measured = [];

  for (const concurrency of CONCURRENCY) {
    const results = await interleave(contenders, rounds, async (contender) => {
      const result = await contender.ask('closedLoop', { concurrency, milliseconds });
      assertAllAnswered(contender, result);
      return { throughput: result.requests / result.seconds, cpu: result.cpu / result.requests };
    });
    measured.push(results);
  }
  await closeAll(contenders);

  const of = (index, title, what) => median(measured[index].get(title).map((result) => result[what]));
  return {
    title: 'Warm requests',
    text: `GET of a small JSON document, parsed; the token is there. Median of ${rounds} interleaved rounds of ${milliseconds} ms, each contender in a process of its own with its defaults. CPU is the client process's, user and system.`,
    columns: ['contender', 'requests/s, 1 at a time', 'requests/s, 50 at a time', 'CPU µs a request, 50 at a time'],
    rows: contenders.map(({ title }) => [
      title,
      number(of(0, title, 'throughput')),
      number(of(1, title, 'throughput')),
      number(of(1, title, 'cpu'), 1),
    ]),
    figures: CONCURRENCY.map((concurrency, index) =>
      figure(
        `throughput of \`backend.request\` over bare \`undici.request(url)\`, ${concurrency} at a time`,
        ratio(measured[index].get(titles['ours-request']), measured[index].get(titles['bare-undici-request'])),
        { atLeast: 1 },
      ),
    ),
  };
}

/** The median of the rounds' ratios. */
function ratio(ours, bare) {
  return median(ours.map(({ throughput }, round) => throughput / bare[round].throughput));
}
