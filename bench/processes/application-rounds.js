/** Throughput of applications, driven from one other process in interleaved rounds. */
import { assertAllAnswered, interleave } from '../measuring/rounds.js';
import { number } from '../report/figures.js';
import { median } from '../report/statistics.js';
import { childProcess } from './child-process.js';

/** `{ throughput, cpu }` of each round, by the application's title: requests a second; the application's microseconds a request. */
export async function applicationRounds(applications, { rounds, milliseconds, path }) {
  const load = childProcess('load-process.js');
  const results = await interleave(applications, rounds, async (application) => {
    const { origin } = application;
    const before = await application.ask('cpu');
    const result = await load.ask('closedLoop', { origin, path, concurrency: 50, milliseconds });
    assertAllAnswered(application, result);
    const cpu = (await application.ask('cpu')) - before;
    return { throughput: result.requests / result.seconds, cpu: cpu / result.requests };
  });
  await load.close();
  return results;
}

/** The medians of rounds, as they stand in a table. */
export function medians(rounds) {
  return ['throughput', 'cpu'].map((what) => number(median(rounds.map((round) => round[what]))));
}
