/** An API that redirects to somebody else's host. */
import { call, counted, statuses } from '../drive.js';

export const foreignRedirect = {
  title: 'Redirect: the API sends its callers to a foreign host',
  claim: 'the caller gets the plain 302; the foreign host sees no token',
  async run(world) {
    const { foreign } = world;
    // The proof is only worth something if the foreign host would have noticed.
    await fetch(foreign.origin, { headers: { authorization: 'Bearer not-a-token' } });
    const noticed = foreign.requests.length === 1 && foreign.requests[0].authorization;

    const findings = [];
    for (const app of world.apps) {
      foreign.requests.length = 0;
      const seen = world.since(app.name);
      const { status, body } = await call(app, '/moved');
      const { tokenRequests, apiRequests } = seen();
      findings.push({
        app,
        tokenEndpoint: counted(tokenRequests),
        api: statuses(apiRequests),
        caller: `${body.status ?? status}, ${foreign.requests.length} at foreign host`,
        checks: {
          'the foreign host notices tokens': noticed,
          [`${app.client} got the plain 302`]: body.status === 302,
          'that names the foreign host': body.location?.startsWith(foreign.origin) ?? false,
          'the API redirected once': statuses(apiRequests) === '1 × 302',
          'nothing arrived at the foreign host': foreign.requests.length === 0,
        },
      });
    }
    return findings;
  },
};
