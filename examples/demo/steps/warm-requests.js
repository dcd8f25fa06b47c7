/** Warm requests: the token is there. */
import { callAtOnce, counted, statuses } from '../drive.js';

const count = 100;

export const warmRequests = {
  title: `Warm: ${count} more requests`,
  claim: 'no further token request',
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
          'no token request': tokenRequests.length === 0,
          [`the API authorised ${count} requests`]: statuses(apiRequests) === `${count} × 200`,
          'every caller got 200': statuses(answers) === `${count} × 200`,
        },
      });
    }
    return findings;
  },
};
