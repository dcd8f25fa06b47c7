import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackends, type OAuth2Definition } from 'oauth2-backend';
import { type NodeOAuthServer, nodeOAuthServer } from './node-oauth-server.js';

/** Basic undecoded: the first colon ends the id. */
const SPECIAL = 'a+b%c&d=e~f-g h';
const SECRET = `:${SPECIAL}`;
/** The server takes these only from users. */
const NON_ASCII = `${SECRET}ä€`;
const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

let server: NodeOAuthServer;
beforeAll(async () => {
  server = await nodeOAuthServer({ clients: { [SPECIAL]: SECRET, plain: 's' }, users: { [NON_ASCII]: NON_ASCII } });
});
afterAll(() => server.close());

function backendOf(oauth2: Partial<OAuth2Definition> & Pick<OAuth2Definition, 'grant_type'>) {
  let skipped = 0;
  const clock = { now: () => Date.now(), monotonic: () => performance.now() + skipped };
  const definition = { origin: server.resource, oauth2: { token_endpoint: server.tokenEndpoint, ...oauth2 } };
  const backend = createBackends({ api: definition }, { clock, logger }).get('api');
  return {
    whose: () => backend.got('').json(),
    expire: () => {
      skipped += 400_000;
    },
    token: () => backend.token(),
  };
}

describe('@node-oauth/oauth2-server', () => {
  it.each([
    ['client_secret_basic', { basic_encoding: 'raw' }],
    ['client_secret_post', {}],
  ] as const)(
    'client_credentials with %s and any characters (RFC 6749 §2.3.1)',
    async (token_endpoint_auth_method, more) => {
      const client = { client_id: SPECIAL, client_secret: SECRET, token_endpoint_auth_method, ...more };
      const { whose } = backendOf({ grant_type: 'client_credentials', scope: 'b a', ...client });
      expect(await whose()).toEqual({ client: SPECIAL, user: SPECIAL, scope: ['b', 'a'] });
    },
  );

  it('says what may be the matter where it takes Basic undecoded', async () => {
    const client = { client_id: SPECIAL, client_secret: SECRET };
    const { token } = backendOf({ grant_type: 'client_credentials', ...client });
    await expect(token()).rejects.toThrow(
      /invalid_client \(40[01]\): "Invalid client: client is invalid"; .*"basic_encoding": "raw", or "client_secret_post"$/,
    );
  });

  it('password, then refresh_token, then password when the refresh token is gone (RFC 6749 §6, RFC 9700 §4.14.2)', async () => {
    const client = { client_id: 'plain', client_secret: 's', username: NON_ASCII, password: NON_ASCII };
    const { whose, expire } = backendOf({ grant_type: 'password', scope: 'a b', ...client });
    const before = server.grants.length;
    const seen: unknown[] = [];
    for (const round of [1, 2, 3, 4]) {
      if (round === 4) server.forget();
      seen.push(await whose());
      expire();
    }
    expect(seen).toEqual(Array.from({ length: 4 }, () => ({ client: 'plain', user: NON_ASCII, scope: ['a', 'b'] })));
    const renewals = ['refresh_token', 'refresh_token', 'refresh_token', 'password'];
    expect(server.grants.slice(before)).toEqual(['password', ...renewals]);
  });
});
