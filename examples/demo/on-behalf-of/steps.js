/** What two users see of each other: nothing. */
import { call, callAtOnce, counted, statuses } from '../drive.js';

const count = 50;
const users = ['amy', 'bob'];

const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });

/** Calls of both users at once; with `again`, amy comes with a new token of hers. */
function bothUsers({ title, claim, again }) {
  return {
    title,
    claim,
    async run(world) {
      const findings = [];
      for (const app of world.apps) {
        const tokens = await tokensOf(world, app);
        if (again) tokens.amy = await world.authorization.login('amy');
        const seen = world.since(app.name);
        const owner = (index) => users[index % users.length];
        const answers = await callAtOnce(app, '/invoices', count * users.length, (index) =>
          bearer(tokens[owner(index)]),
        );
        const { tokenRequests, apiRequests } = seen();
        const asked = tokenRequests.map(({ user }) => user).sort();
        const apart = new Set(apiRequests.map(({ user, token }) => `${user} ${token}`)).size;
        findings.push({
          app,
          tokenEndpoint: `${tokenRequests.length} for ${asked.join(', ')}`,
          api: statuses(apiRequests),
          caller: users
            .map((user) => `${answers.filter(({ body }) => body.user === user).length} × ${user}`)
            .join(', '),
          checks: {
            'one token request for each new token': asked.join() === (again ? 'amy' : users.join()),
            'the API authorised all requests': statuses(apiRequests) === `${answers.length} × 200`,
            'one token for each user': apart === users.length,
            'every answer is for the user who asked': answers.every(({ body }, index) => body.user === owner(index)),
          },
        });
      }
      return findings;
    },
  };
}

const sessions = new WeakMap();

/** The users of an application, logged in once. */
async function tokensOf({ authorization }, app) {
  if (!sessions.has(app)) {
    const logins = users.map(async (user) => [user, await authorization.login(user)]);
    sessions.set(app, Object.fromEntries(await Promise.all(logins)));
  }
  return { ...sessions.get(app) };
}

const nobody = {
  title: 'A request without a token, and one with a made-up token',
  claim: "401: never the application's own token instead, and nobody is asked",
  async run(world) {
    const findings = [];
    for (const app of world.apps) {
      const seen = world.since(app.name);
      const answers = [await call(app, '/invoices'), await call(app, '/invoices', bearer('made.up.token'))];
      const { tokenRequests, apiRequests } = seen();
      findings.push({
        app,
        tokenEndpoint: counted(tokenRequests),
        api: counted(apiRequests),
        caller: statuses(answers),
        checks: {
          'no token request': tokenRequests.length === 0,
          'nothing at the API': apiRequests.length === 0,
          'both callers got 401': statuses(answers) === '2 × 401',
        },
      });
    }
    return findings;
  },
};

/** The steps, in their order. */
export const onBehalfOfSteps = [
  bothUsers({
    title: `Two users, ${count} requests each, at once`,
    claim: 'one token request for each user, and the API sees who it is',
  }),
  bothUsers({
    title: `amy logs in anew, then ${count} requests of each`,
    claim: 'one token request, for her; nothing changes for bob',
    again: true,
  }),
  nobody,
];
