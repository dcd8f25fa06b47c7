/** Ten thousand callers and no token. */
import { ours, peers } from '../contenders/index.js';
import { figure, number } from '../report/figures.js';
import { closeAll } from '../world.js';

const CONNECTIONS = 64;

/** The first requests of a process, all at once. */
export async function coldHerd(world, { pick, sample }) {
  const requests = pick(10_000, 500);
  const settings = { delay: 200 };
  const results = [];
  for (const name of [...ours, ...sample(peers)]) {
    const options = { settings, connections: CONNECTIONS, origin: world.origins.careful };
    const contender = await world.contender(name, options);
    const result = await contender.ask('burst', { requests });
    const { requests: tokenRequests } = await world.authorization.ask('counts', { client: contender.client });
    await closeAll([contender]);
    if (ours.includes(name) && result.failures > 0) throw new Error(`${result.failures} failures: ${contender.title}`);
    results.push({ title: contender.title, own: ours.includes(name), tokenRequests, ...result });
  }

  return {
    title: `Cold herd of ${number(requests)}`,
    text: `${number(requests)} requests at once in a process that has no token yet; the token endpoint takes ${settings.delay} ms; at most ${CONNECTIONS} connections. Each contender in a new process.`,
    columns: ['contender', 'token requests', 'failed requests', 'seconds until all have ended'],
    rows: results.map(({ title, tokenRequests, failures, seconds }) => [
      title,
      number(tokenRequests),
      number(failures),
      number(seconds, 1),
    ]),
    figures: [
      figure(
        `token requests of a cold herd of ${number(requests)}`,
        Math.max(...results.filter(({ own }) => own).map(({ tokenRequests }) => tokenRequests)),
        { atMost: 1, digits: 0 },
      ),
    ],
  };
}
