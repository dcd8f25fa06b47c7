/** A token that the API refuses although it has not expired. */
import { createHash } from 'node:crypto';
import { callAtOnce, counted, statuses } from '../drive.js';

const count = 10;

export const revokedToken = {
  title: `Revoked token: ${count} POST requests at once, refused by the API`,
  claim: 'renewed once, refused requests repeated with the same body, callers see 200',
  async run(world) {
    const findings = [];
    world.authorization.revoke();
    for (const app of world.apps) {
      const seen = world.since(app.name);
      const answers = await callAtOnce(app, '/invoices', count, order);
      const { tokenRequests, apiRequests } = seen();
      const refused = apiRequests.filter(({ status }) => status === 401);
      const accepted = apiRequests.filter(({ status }) => status === 200);
      findings.push({
        app,
        tokenEndpoint: counted(tokenRequests),
        api: statuses(apiRequests),
        caller: statuses(answers),
        checks: {
          'the API refused the old token': refused.length > 0,
          'one token request': tokenRequests.length === 1,
          'each refused request was repeated once': apiRequests.length === count + refused.length,
          'with the body it had': refused.every(({ sha256 }) => accepted.some((other) => other.sha256 === sha256)),
          'every caller got 200': statuses(answers) === `${count} × 200`,
          'and the digest of what it sent': answers.every(
            ({ body }, index) => body.sha256 === digest(order(index).body),
          ),
        },
      });
    }
    return findings;
  },
};

const order = (index) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ order: index, amount: index * 7 }),
});

const digest = (text) => createHash('sha256').update(text).digest('base64url');
