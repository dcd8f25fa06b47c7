/** A real authorization server (oidc-provider) that issues JWT access tokens and keeps a list of what it was asked. */
import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { InvalidGrant } from 'oidc-provider/lib/helpers/errors.js';
// Not the package's main file: importing that prints a notice on each Node that is not its choice.
import { Provider } from 'oidc-provider/lib/provider.js';
import { listen } from './listen.js';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * An authorization server on a free loopback port that knows `clients` (`{ id: secret }`) and issues tokens for `audience`,
 * also in exchange for those of the applications' users, who come with tokens for `front`.
 *
 * `life` (seconds) and `delay` (milliseconds before an answer) may be set at any time; `requests` lists the token
 * requests as `{ client, status, started, ended, token, user, shown }`, instants in milliseconds since the epoch, `token` its
 * `jti`, `user` its `sub`, `shown` what may be seen of it: `{ end, claims }`, `end` its last characters.
 */
export async function authorizationServer({ audience, front, clients }) {
  const { server, origin, close } = await listen();
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const provider = new Provider(origin, await configuration());
  const revoked = new Set();
  const authorization = {
    issuer: origin,
    tokenEndpoint: `${origin}/token`,
    jwksUri: `${origin}/jwks`,
    life: 300,
    delay: 0,
    requests: [],
    /** From now on the API refuses every token issued so far. */
    revoke() {
      for (const { token } of authorization.requests) revoked.add(token);
    },
    /** Gives a user a new token for the applications. */
    login: (user) => issue(user, front, { clientId: Object.keys(clients)[0] }),
    /** Whether the API must refuse the token with this `jti`. */
    isRevoked: (jti) => revoked.has(jti),
    close,
  };

  provider.registerGrantType(
    TOKEN_EXCHANGE,
    exchange,
    ['subject_token', 'subject_token_type', 'scope', 'resource'],
    ['resource'],
  );
  provider.use(record);
  provider.use(operate);
  server.on('request', provider.callback());
  return authorization;

  // Everything oidc-provider would choose by itself, with a notice on the console, is chosen here.
  async function configuration() {
    return {
      adapter: NoStorage,
      jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
      clientDefaults: { id_token_signed_response_alg: 'ES256' },
      clients: Object.entries(clients).map(([client_id, client_secret]) => ({
        client_id,
        client_secret,
        grant_types: ['client_credentials', TOKEN_EXCHANGE],
        response_types: [],
        redirect_uris: [],
      })),
      findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
      ttl: { ClientCredentials: () => authorization.life, AccessToken: () => authorization.life, Grant: 3600 },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => resourceServer(audience),
        },
      },
    };
  }

  function resourceServer(resource) {
    return { audience: resource, scope: 'invoices', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
  }

  // RFC 8693: a user's token for the application against one for the API.
  async function exchange(ctx) {
    const { subject_token: subjectToken, scope } = ctx.oidc.params;
    const { payload } = await jwtVerify(subjectToken, publicKey, { issuer: origin, audience: front }).catch((error) => {
      throw new InvalidGrant(error.message);
    });
    const access_token = await issue(payload.sub, audience, ctx.oidc.client);
    const expires_in = authorization.life;
    ctx.body = { access_token, issued_token_type: ACCESS_TOKEN, token_type: 'Bearer', expires_in, scope };
  }

  async function issue(accountId, resource, { clientId }) {
    const client = await provider.Client.find(clientId);
    const grantId = await new provider.Grant({ accountId, clientId }).save();
    const token = new provider.AccessToken({ accountId, client, grantId, gty: TOKEN_EXCHANGE, scope: 'invoices' });
    token.resourceServer = new provider.ResourceServer(resource, resourceServer(resource));
    return token.save();
  }

  async function record(ctx, next) {
    if (ctx.path !== '/token') return next();
    const request = {
      client: clientOf(ctx),
      status: undefined,
      started: Date.now(),
      ended: undefined,
      token: undefined,
      user: undefined,
      shown: undefined,
    };
    authorization.requests.push(request);
    await pause(authorization.delay);
    await next();
    request.status = ctx.status;
    if (ctx.status === 200) {
      const claims = decodeJwt(ctx.body.access_token);
      const shown = { end: ctx.body.access_token.slice(-6), claims };
      Object.assign(request, { token: claims.jti, user: claims.sub, shown });
    }
    request.ended = Date.now();
  }

  // For `--serve`: what the steps do by calls, by hand.
  async function operate(ctx, next) {
    if (ctx.path === '/demo/token-requests') {
      ctx.body = authorization.requests.map(({ client, status, started }) => ({
        at: new Date(started),
        client,
        status,
      }));
    } else if (ctx.path === '/demo/revoke' && ctx.method === 'POST') {
      authorization.revoke();
      ctx.body = { revoked: revoked.size };
    } else {
      await next();
    }
  }
}

/** Who says to be asking (RFC 6749 §2.3.1), known before the answer is. */
function clientOf(ctx) {
  const basic = ctx.get('authorization').replace(/^Basic /i, '');
  return Buffer.from(basic, 'base64').toString().split(':')[0];
}

/** JWT access tokens and configured clients need no storage. */
class NoStorage {
  async upsert() {}
  async find() {}
  async findByUid() {}
  async findByUserCode() {}
  async consume() {}
  async destroy() {}
  async revokeByGrantId() {}
}
