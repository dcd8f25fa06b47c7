/** Inbound requests that are passed on. */
import { applicationRounds, medians } from '../processes/application-rounds.js';
import { figure } from '../report/figures.js';
import { median } from '../report/statistics.js';
import { closeAll } from '../world.js';
import { forwardingApplications, forwardTitles } from './forwarding.js';

/** GET through each forwarding application. */
export async function forward(world, { rounds, pick }) {
  const applications = await forwardingApplications(world);
  const milliseconds = pick(700, 80);
  const results = await applicationRounds(applications, { rounds, milliseconds, path: '/api/data' });
  await closeAll(applications);

  const ratio = (other) => {
    const own = results.get(forwardTitles.ours);
    return median(own.map(({ throughput }, round) => throughput / results.get(other)[round].throughput));
  };
  return {
    title: 'Forward',
    text: `GET through an Express 5 application to the API and back, with the token. 50 requests at a time from another process; median of ${rounds} interleaved rounds of ${milliseconds} ms.`,
    columns: ['application', 'requests/s', 'CPU µs a request'],
    rows: applications.map(({ title }) => [title, ...medians(results.get(title))]),
    figures: [
      figure('`forward` over Express + a bare undici pipe', ratio(forwardTitles.pipe), { atLeast: 0.8 }),
      figure('`forward` over http-proxy-middleware, keep-alive agent', ratio(forwardTitles.proxyKeepAlive), {
        atLeast: 1.3,
      }),
    ],
  };
}
