/** What it costs to have a token that is there. */
import { childProcess } from '../processes/child-process.js';
import { figure, number } from '../report/figures.js';
import { median } from '../report/statistics.js';

/** In nanoseconds. */
export async function token(world, { rounds, pick }) {
  const process = childProcess('token-process.js');
  await process.ask('open', { origin: world.origins.fast, tokenEndpoint: world.tokenEndpoint, client: 'token' });
  const calls = pick(1_000_000, 20_000);
  const results = [];
  for (let round = 0; round <= rounds; round++) results.push(await process.ask('measure', { calls }));
  await process.close();

  const of = (name) => median(results.slice(1).map((result) => result[name]));
  return {
    title: 'A token that is there',
    text: `Nanoseconds a call, median of ${rounds} rounds of ${number(calls)} calls.`,
    columns: ['call', 'ns'],
    rows: Object.keys(results[0]).map((name) => [`\`${name}\``, number(of(name), 1)]),
    figures: [
      figure('`current()`', of('bearer.current()') / 1000, { atMost: 0.2, digits: 3, unit: ' µs' }),
      figure('`await token()`', of('await backend.token()') / 1000, { atMost: 1, digits: 3, unit: ' µs' }),
    ],
  };
}
