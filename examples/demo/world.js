/** Everything the demo needs, started together: authorization server, API, foreign host and the applications. */
import { randomBytes } from 'node:crypto';
import { authorizationServer } from './authorization-server.js';
import { expressApp } from './express-app.js';
import { foreignHost } from './foreign-host.js';
import { koaApp } from './koa-app.js';
import { listen } from './listen.js';
import { resourceApi } from './resource-api.js';

const audience = 'https://billing.example.com';
/** What the users' tokens are for: the applications. */
const front = 'https://shop.example.com';

/** The applications of the demo by name: which client they use, and how they are made. */
const demoApps = {
  express: { client: 'got', make: expressApp },
  koa: { client: 'fetch', make: koaApp },
};

/**
 * Starts everything on free loopback ports. The client id of an application is its name, so that both servers' lists
 * tell who asked.
 */
export async function startWorld(apps = demoApps) {
  const secrets = Object.fromEntries(Object.keys(apps).map((name) => [name, randomBytes(24).toString('base64url')]));
  const foreign = await foreignHost();
  const authorization = await authorizationServer({ audience, front, clients: secrets });
  const { issuer, jwksUri, isRevoked } = authorization;
  const api = await resourceApi({ issuer, audience, jwksUri, isRevoked, movedTo: `${foreign.origin}/elsewhere` });

  const world = { authorization, api, foreign, apps: [], startApp, since, close };
  try {
    for (const name of Object.keys(apps)) world.apps.push(await startApp(name));
  } catch (error) {
    await close();
    throw error;
  }
  return world;

  /** One more instance of an application: it starts without a token. `oauth2` adds to its block. */
  async function startApp(name, oauth2 = {}) {
    const { client, make, oauth2: own } = apps[name];
    const billing = {
      origin: api.origin,
      oauth2: {
        grant_type: 'client_credentials',
        token_endpoint: authorization.tokenEndpoint,
        client_id: name,
        client_secret: secrets[name],
        scope: 'invoices',
        params: { resource: audience },
        ...own,
        ...oauth2,
      },
    };
    const app = make({ billing, inbound: { issuer, audience: front, jwksUri } });
    const server = await listen(app.handler);
    return {
      name,
      client,
      origin: server.origin,
      async close() {
        await server.close();
        await app.close();
      },
    };
  }

  /** What both servers see of an application from now on: call the returned function at the end. */
  function since(name) {
    const [tokens, requests] = [authorization.requests.length, api.requests.length];
    return () => ({
      tokenRequests: authorization.requests.slice(tokens).filter(({ client }) => client === name),
      apiRequests: api.requests.slice(requests).filter(({ client }) => client === name),
    });
  }

  async function close() {
    for (const part of [...world.apps, api, authorization, foreign]) await part.close();
  }
}
