/** A renewal while requests run, with a slow token endpoint. */
import { setTimeout as pause } from 'node:timers/promises';
import { call, counted, statuses } from '../drive.js';

const life = 4;
const delay = 500;
const users = 4;

export const renewal = {
  title: `Renewal while requests run: token life ${life} s, token endpoint takes ${delay} ms`,
  claim: 'renewed before its end in the background; no request fails or waits for it',
  async run(world) {
    const { authorization } = world;
    authorization.life = life;
    // Instances of their own: the others hold a token that lives for minutes.
    const apps = await Promise.all(world.apps.map(({ name }) => world.startApp(name, { renew_before: '50%' })));
    try {
      for (const app of apps) await call(app, '/invoices');
      authorization.delay = delay;
      return await Promise.all(apps.map((app) => watch(world, app)));
    } finally {
      Object.assign(authorization, { life: 300, delay: 0 });
      for (const app of apps) await app.close();
    }
  },
};

async function watch(world, app) {
  const first = world.authorization.requests.findLast(({ client, token }) => client === app.name && token);
  if (first === undefined) throw new Error(`${app.name} got no token to renew`);
  const end = first.started + life * 1000;
  const seen = world.since(app.name);
  const answers = [];
  const renewed = () => seen().apiRequests.some(({ token }) => token !== first.token);

  const user = async () => {
    while (!renewed() && Date.now() < end + 1000) {
      answers.push({ ...(await call(app, '/invoices')), at: Date.now() });
      await pause(20);
    }
  };
  await Promise.all(Array.from({ length: users }, user));

  const { tokenRequests, apiRequests } = seen();
  const slowest = Math.max(...answers.map(({ ms }) => ms));
  return {
    app,
    tokenEndpoint: [
      counted(tokenRequests),
      ...took(tokenRequests)
        .slice(0, 1)
        .map((ms) => `${ms} ms`),
    ].join(', '),
    api: statuses(apiRequests),
    caller: `${statuses(answers)}, slowest ${slowest.toFixed(0)} ms`,
    checks: {
      'one token request': tokenRequests.length === 1,
      [`the token endpoint took ${delay} ms`]: took(tokenRequests).every((ms) => ms >= delay - 1),
      'renewed before the end of the token': tokenRequests.every(({ ended }) => ended < end),
      'the API saw the old token, then the new one': new Set(apiRequests.map(({ token }) => token)).size === 2,
      'the API refused no request': apiRequests.every(({ status }) => status === 200),
      'every caller got 200': answers.every(({ status }) => status === 200),
      'callers were answered meanwhile': answeredDuring(tokenRequests, answers) >= users,
    },
  };
}

/** Were callers to wait, only those could be answered that had begun before. */
function answeredDuring([request], answers) {
  return answers.filter(({ at }) => at > request?.started && at < request.ended).length;
}

const took = (requests) => requests.map(({ started, ended }) => ended - started);
