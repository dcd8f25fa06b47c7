/** The whole way through an Express application. */
import { applicationRounds, medians } from '../application-rounds.js';
import { figure, number } from '../figures.js';
import { median } from '../statistics.js';
import { closeAll } from '../world.js';

const CARRIERS = ['request', 'fetch', 'got'];

/** An application that answers with what its backend says, with `req.backends` and with a constant header. */
export async function express(world, { rounds, pick }) {
  const applications = await Promise.all(
    CARRIERS.flatMap((carrier) => [
      world.app('express-ours', ours(carrier), { carrier }),
      world.app('express-bare', bare(carrier), { carrier }),
    ]),
  );
  const milliseconds = pick(600, 80);
  const results = await applicationRounds(applications, { rounds, milliseconds, path: '/data' });
  await closeAll(applications);

  const ratioOf = (carrier) => {
    const own = results.get(ours(carrier));
    return median(own.map(({ throughput }, round) => throughput / results.get(bare(carrier))[round].throughput));
  };
  return {
    title: 'Through Express',
    text: `An Express 5 application answers GET with the JSON its backend gave. 50 requests at a time from another process; median of ${rounds} interleaved rounds of ${milliseconds} ms, timeouts and abort on disconnect at their defaults.`,
    columns: ['application', 'requests/s', 'CPU µs a request', 'over the constant header'],
    rows: applications.map(({ title }) => [
      title,
      ...medians(results.get(title)),
      CARRIERS.filter((carrier) => ours(carrier) === title).map((carrier) => number(ratioOf(carrier), 2))[0] ?? '',
    ]),
    figures: CARRIERS.map((carrier) =>
      figure(`through Express, \`${carrier}\` over a constant header`, ratioOf(carrier), { atLeast: 0.95 }),
    ),
  };
}

function ours(carrier) {
  return `\`req.backends.api.${carrier}\``;
}

function bare(carrier) {
  return carrier === 'request' ? 'bare `undici.request(url)`' : `bare ${carrier}`;
}
