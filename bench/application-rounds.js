/** Throughput of applications, driven from one other process in interleaved rounds. */
import { childProcess } from './child-process.js';
import { assertAllAnswered, interleave } from './rounds.js';

/** Requests a second of each round, by the application's title. */
export async function applicationRounds(applications, { rounds, milliseconds, path }) {
  const load = childProcess('load-process.js');
  const results = await interleave(applications, rounds, async (application) => {
    const { origin } = application;
    const result = await load.ask('closedLoop', { origin, path, concurrency: 50, milliseconds });
    assertAllAnswered(application, result);
    return result.requests / result.seconds;
  });
  await load.close();
  return results;
}
