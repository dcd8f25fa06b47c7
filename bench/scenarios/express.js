/** The whole way through an Express application. */
import { applicationRounds, medians } from '../processes/application-rounds.js';
import { figure, number } from '../report/figures.js';
import { median } from '../report/statistics.js';
import { closeAll } from '../world.js';

const CLIENTS = ['request', 'fetch', 'got'];

/** An application that answers with what its backend says, with `req.backends` and with a constant header. */
export async function express(world, { rounds, pick }) {
  const applications = await Promise.all(
    CLIENTS.flatMap((client) => [
      world.app('express-ours', ours(client), { through: client }),
      world.app('express-bare', bare(client), { through: client }),
    ]),
  );
  const milliseconds = pick(600, 80);
  const results = await applicationRounds(applications, { rounds, milliseconds, path: '/data' });
  await closeAll(applications);

  const ratioOf = (client) => {
    const own = results.get(ours(client));
    return median(own.map(({ throughput }, round) => throughput / results.get(bare(client))[round].throughput));
  };
  return {
    title: 'Through Express',
    text: `An Express 5 application answers GET with the JSON its backend gave. 50 requests at a time from another process; median of ${rounds} interleaved rounds of ${milliseconds} ms, timeouts and abort on disconnect at their defaults.`,
    columns: ['application', 'requests/s', 'CPU µs a request', 'over the constant header'],
    rows: applications.map(({ title }) => [
      title,
      ...medians(results.get(title)),
      CLIENTS.filter((client) => ours(client) === title).map((client) => number(ratioOf(client), 2))[0] ?? '',
    ]),
    figures: CLIENTS.map((client) =>
      figure(`through Express, \`${client}\` over a constant header`, ratioOf(client), { atLeast: 0.95 }),
    ),
  };
}

function ours(client) {
  return `\`req.backends.api.${client}\``;
}

function bare(client) {
  return client === 'request' ? 'bare `undici.request(url)`' : `bare ${client}`;
}
