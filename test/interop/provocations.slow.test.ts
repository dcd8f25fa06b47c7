/**
 * What somebody reads who has made a mistake. All of it, for reading:
 * `PROVOCATIONS=1 npm run --silent test:jest -- test/interop/provocations`.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auth0 } from './provocations/auth0.js';
import { cognito } from './provocations/cognito.js';
import { configuration } from './provocations/configuration.js';
import { entra } from './provocations/entra.js';
import { google } from './provocations/google.js';
import { keycloak } from './provocations/keycloak.js';
import { oidcProvider } from './provocations/oidc-provider.js';
import { okta } from './provocations/okta.js';
import { jmondi, nodeOAuth } from './provocations/other-libraries.js';
import { type Group, messageOf, SECRET } from './provocations/provocation.js';
import { type Servers, startServers } from './provocations/servers.js';
import { theWayThere } from './provocations/the-way-there.js';

const groups: Readonly<Record<string, Group>> = {
  'oidc-provider': oidcProvider,
  '@node-oauth/oauth2-server': nodeOAuth,
  '@jmondi/oauth2-server': jmondi,
  Keycloak: keycloak,
  'Microsoft Entra ID': entra,
  Okta: okta,
  Auth0: auth0,
  'Amazon Cognito': cognito,
  Google: google,
  'the way there': theWayThere,
  'the configuration': configuration,
};

let servers: Servers;
const read: string[] = [];
beforeAll(async () => {
  servers = await startServers();
});
afterAll(async () => {
  await servers.close();
  if (process.env['PROVOCATIONS']) process.stdout.write(`${read.join('\n')}\n`);
});

describe.each(Object.entries(groups))('%s', (name, group) => {
  it('gives a token to who does nothing wrong', async () => {
    expect(await messageOf(group, { title: '', says: [] }, servers)).toBe('a token came');
  });

  it.each(group.provocations.map((each) => [each.title, each] as const))(
    'says what to change: %s',
    async (title, each) => {
      const message = await messageOf(group, each, servers);
      read.push(`${name}: ${title}\n    ${message}`);
      const missing = each.says.filter((words) =>
        typeof words === 'string' ? !message.includes(words) : !words.test(message),
      );
      expect({ message, missing }).toEqual({ message, missing: [] });
      expect(message).not.toContain(SECRET);
    },
  );
});

it('there are as many as were counted once', () => {
  const count = Object.values(groups).reduce((sum, { provocations }) => sum + provocations.length, 0);
  expect(count).toBeGreaterThanOrEqual(183);
});
