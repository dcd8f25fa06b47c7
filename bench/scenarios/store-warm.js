/** A token that is there, in a process that shares it and in processes that do not. */
import { assertAllAnswered, interleave } from '../measuring/rounds.js';
import { childProcess } from '../processes/child-process.js';
import { median } from '../report/statistics.js';
import { closeAll } from '../world.js';

const CONCURRENCY = 50;
/** Two without the store tell how far two equal processes are apart. */
const TITLES = { with: 'with', without: 'without', again: 'without, once more' };

/**
 * The three side by side.
 *
 * @param options.tokens `{ rounds, calls }`; `requests` is `{ rounds, milliseconds }`
 * @returns nanoseconds of `await backend.token()`, and requests a second: `{ tokens, requests }`, each `{ with, without, ratio, noise }`
 */
export async function warmStore(world, { redis, tokens, requests }) {
  const { tokenEndpoint, origins } = world;
  const processes = await Promise.all(
    Object.values(TITLES).map(async (title) => {
      const process = childProcess('token-process.js');
      const member = title === TITLES.with ? { redis } : {};
      await process.ask('open', { origin: origins.fast, tokenEndpoint, client: 'store-warm', ...member });
      return { ...process, title };
    }),
  );
  const { rounds, calls } = tokens;
  const nanoseconds = await interleave(processes, rounds, (process) => process.ask('backendToken', { calls }));
  const throughput = await interleave(processes, requests.rounds, async (process) => {
    const load = { concurrency: CONCURRENCY, milliseconds: requests.milliseconds };
    const result = await process.ask('closedLoop', load);
    assertAllAnswered(process, result);
    return result.requests / result.seconds;
  });
  await closeAll(processes);
  return { tokens: compare(nanoseconds), requests: compare(throughput) };
}

/** The median of the rounds' ratios: with the store over the mean of those without, and one without over the other. */
function compare(results) {
  const [own, without, again] = Object.values(TITLES).map((title) => results.get(title));
  const means = without.map((value, round) => (value + again[round]) / 2);
  return {
    with: median(own),
    without: median(means),
    ratio: median(own.map((value, round) => value / means[round])),
    noise: median(again.map((value, round) => value / without[round])),
  };
}
