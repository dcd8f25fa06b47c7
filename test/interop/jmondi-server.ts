/** A third authorization server (`@jmondi/oauth2-server`) with token exchange; its answers name no `issued_token_type`. */
import { createServer } from 'node:http';
import { AuthorizationServer, DateInterval, type OAuthClient, type OAuthToken } from '@jmondi/oauth2-server';
import { handleExpressError, handleExpressResponse, requestFromExpress } from '@jmondi/oauth2-server/express';
import express from 'express';
import { listen } from 'test-servers/listen';

export interface JmondiServer {
  readonly tokenEndpoint: string;
  /** How many tokens it has issued. */
  issued(): number;
  close(): Promise<void>;
}

/** Starts it on a free loopback port; the JWTs it issues are signed with `key` by HS256. */
export async function jmondiServer(options: {
  readonly client: { readonly id: string; readonly secret: string };
  readonly key: string;
  /** Gives the user of a subject token; rejects for one that is not good. */
  readonly subjectOf: (token: string) => Promise<string>;
}): Promise<JmondiServer> {
  let issued = 0;
  const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
  const client: OAuthClient = { ...options.client, name: 'shop', redirectUris: [], allowedGrants: [grant], scopes: [] };
  const refused = async (): Promise<never> => {
    throw new Error('there are no refresh tokens');
  };
  const authorization = new AuthorizationServer(
    {
      getByIdentifier: async () => client,
      isClientValid: async (_grant, { id }, secret) => id === client.id && secret === client.secret,
    },
    {
      async issueToken(to, scopes, user): Promise<OAuthToken> {
        issued += 1;
        return { accessToken: `t${issued}`, accessTokenExpiresAt: new Date(), client: to, scopes, user: user ?? null };
      },
      issueRefreshToken: refused,
      persist: async () => {},
      revoke: async () => {},
      isRefreshTokenRevoked: async () => true,
      getByRefreshToken: refused,
    },
    { getAllByIdentifiers: async () => [], finalize: async (scopes) => scopes },
    options.key,
  );
  authorization.enableGrantType(
    { grant, processTokenExchange: async ({ subjectToken }) => ({ id: await options.subjectOf(subjectToken) }) },
    new DateInterval('5m'),
  );
  const app = express().set('env', 'production');
  app.use(express.urlencoded());
  app.post('/token', async (request, response) => {
    try {
      const answer = await authorization.respondToAccessTokenRequest(requestFromExpress(request));
      handleExpressResponse(response, answer);
    } catch (error) {
      handleExpressError(error, response);
    }
  });
  const { origin, close } = await listen(createServer({ keepAliveTimeout: 60_000 }, app));

  return {
    tokenEndpoint: `${origin}/token`,
    issued: () => issued,
    close,
  };
}
