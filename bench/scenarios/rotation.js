/** Latency while tokens come and go. */
import { ours, peers, titles } from '../contenders/index.js';
import { figure, number } from '../report/figures.js';
import { percentile } from '../report/statistics.js';
import { closeAll } from '../world.js';

const OURS = ['ours-request', 'ours-fetch'];
const ROTATING = { life: 2, delay: 200 };
const STEADY = { life: 3600, delay: 200 };
const RATE = 200;

/** Each contender twice at the same time, so that both meet the same machine: with short lives and with a long one. */
export async function rotation(world, { pick, sample }) {
  const milliseconds = pick(14_000, 2_500);
  const measure = async (name) => {
    const options = { origin: world.origins.careful };
    const pair = await Promise.all(
      [ROTATING, STEADY].map((settings) => world.contender(name, { ...options, settings })),
    );
    await Promise.all(pair.map((contender) => contender.ask('closedLoop', { concurrency: 4, milliseconds: 300 })));
    const [rotating, steady] = await Promise.all(
      pair.map((contender) => contender.ask('openLoop', { rate: RATE, milliseconds })),
    );
    const { requests } = await world.authorization.ask('counts', { client: pair[0].client });
    await closeAll(pair);
    return { name, requests, rotating: summary(rotating), steady: summary(steady), calls: rotating.calls };
  };

  const names = [...OURS, ...sample(peers)];
  const measured = [];
  if (milliseconds < 5_000) measured.push(...(await Promise.all(names.map(measure))));
  else for (const name of names) measured.push(await measure(name));
  for (const { name, rotating } of measured) {
    if (ours.includes(name) && rotating.failures > 0) throw new Error(`${rotating.failures} failed: ${titles[name]}`);
  }

  return {
    title: 'Latency across rotations',
    text: `${RATE} requests a second for ${milliseconds / 1000} s, milliseconds from call to parsed answer. With rotation: tokens live ${ROTATING.life} s and the token endpoint takes ${ROTATING.delay} ms; without: one token. Both at the same time, contender after contender. undici-oidc-interceptor takes a token for expired 10 s ahead of its end: for it no token of 2 s is ever good.`,
    columns: [
      'contender',
      'p50',
      'p99',
      'max',
      'p50 without',
      'p99 without',
      'max without',
      'p99 over p99 without',
      'failed',
      'token requests',
    ],
    rows: measured.map(({ name, requests, rotating, steady }) => [
      titles[name],
      ...[rotating, steady].flatMap(({ p50, p99, max }) => [p50, p99, max].map((value) => number(value, 2))),
      number(rotating.p99 / steady.p99, 2),
      number(rotating.failures),
      number(requests),
    ]),
    figures: OURS.map((name) => {
      const { rotating, steady } = measured.find((each) => each.name === name);
      const ratio = rotating.p99 / steady.p99;
      return figure(`p99 across rotations over p99 without, ${titles[name]}`, ratio, { atMost: 1.2 });
    }),
    image: {
      file: 'latency-across-rotations.svg',
      series: measured.map(({ name, calls }) => ({ title: titles[name].replaceAll('`', ''), points: calls })),
    },
  };
}

function summary({ calls }) {
  const took = calls.map((call) => call.took);
  return {
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    max: Math.max(...took),
    failures: calls.filter(({ status }) => status !== 200).length,
  };
}
