/** A cold start: many requests, no token yet. */
import { callAtOnce, counted, statuses } from '../drive.js';

const count = 100;

export const coldStart = {
  title: `Cold start: ${count} requests at once, no token yet`,
  claim: 'exactly one token request, and all requests authorised',
  async run(world) {
    const findings = [];
    for (const app of world.apps) {
      const seen = world.since(app.name);
      const answers = await callAtOnce(app, '/invoices', count);
      const { tokenRequests, apiRequests } = seen();
      findings.push({
        app,
        tokenEndpoint: counted(tokenRequests),
        api: statuses(apiRequests),
        caller: statuses(answers),
        checks: {
          'one token request': tokenRequests.length === 1,
          [`the API authorised ${count} requests`]: statuses(apiRequests) === `${count} × 200`,
          'all of them with the same token': new Set(apiRequests.map(({ token }) => token)).size === 1,
          'every caller got 200': statuses(answers) === `${count} × 200`,
        },
      });
    }
    return findings;
  },
};
