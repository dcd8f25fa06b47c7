/** Another real authorization server (`@node-oauth/oauth2-server`): opaque tokens, which it verifies itself; it takes Basic undecoded. */
import { createServer } from 'node:http';
import OAuth2Server from '@node-oauth/oauth2-server';
import express, { type Request } from 'express';
import { listen } from 'test-servers/listen';

export interface NodeOAuthServer {
  readonly tokenEndpoint: string;
  /** A resource whose answer says whose the token is: `{ client, user, scope }`. */
  readonly resource: string;
  /** The grants that were asked for, oldest first. */
  readonly grants: readonly string[];
  /** Forgets all refresh tokens. */
  forget(): void;
  close(): Promise<void>;
}

/** Starts it on a free loopback port. */
export async function nodeOAuthServer(options: {
  /** Secrets by client id. */
  readonly clients: Readonly<Record<string, string>>;
  /** Passwords by user name. */
  readonly users: Readonly<Record<string, string>>;
}): Promise<NodeOAuthServer> {
  const grants: string[] = [];
  const issued = new Map<string, OAuth2Server.Token>();
  const refreshable = new Map<string, OAuth2Server.RefreshToken>();
  const oauth = new OAuth2Server({ model: model(options, issued, refreshable) });
  const app = express();
  app.use(express.urlencoded());
  app.post('/token', async (request, response) => {
    grants.push(request.body.grant_type);
    const answer = new OAuth2Server.Response();
    await oauth.token(received(request), answer, { accessTokenLifetime: 300 }).catch(() => undefined);
    response
      .status(answer.status ?? 500)
      .set(answer.headers)
      .json(answer.body);
  });
  app.get('/', async (request, response) => {
    const token = await oauth.authenticate(received(request), new OAuth2Server.Response()).catch(() => undefined);
    if (token) response.json({ client: token.client.id, user: token.user['name'], scope: token.scope });
    else response.status(401).end();
  });
  const { origin, close } = await listen(createServer(app));

  return {
    tokenEndpoint: `${origin}/token`,
    resource: origin,
    grants,
    forget: () => refreshable.clear(),
    close,
  };
}

function received({ headers, method, query, body }: Request): OAuth2Server.Request {
  return new OAuth2Server.Request({
    headers: headers as Record<string, string>,
    method,
    query: query as Record<string, string>,
    body,
  });
}

function model(
  { clients, users }: Parameters<typeof nodeOAuthServer>[0],
  issued: Map<string, OAuth2Server.Token>,
  refreshable: Map<string, OAuth2Server.RefreshToken>,
): OAuth2Server.PasswordModel & OAuth2Server.RefreshTokenModel & OAuth2Server.ClientCredentialsModel {
  return {
    getClient: async (id, secret) =>
      clients[id] === secret && { id, grants: ['client_credentials', 'password', 'refresh_token'] },
    getUserFromClient: async ({ id }) => ({ name: id }),
    getUser: async (name, password) => users[name] === password && { name },
    validateScope: async (_user, _client, scope) => scope ?? ['all'],
    async saveToken(token, client, user) {
      const saved = { ...token, client, user };
      issued.set(token.accessToken, saved);
      if (token.refreshToken) refreshable.set(token.refreshToken, { ...saved, refreshToken: token.refreshToken });
      return saved;
    },
    getAccessToken: async (token) => issued.get(token),
    getRefreshToken: async (token) => refreshable.get(token),
    revokeToken: async ({ refreshToken }) => refreshable.delete(refreshToken),
  };
}
