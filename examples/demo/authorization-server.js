/** A real authorization server (oidc-provider) that issues JWT access tokens and keeps a list of what it was asked. */
import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt, exportJWK, generateKeyPair } from 'jose';
// Not the package's main file: importing that prints a notice on each Node that is not its choice.
import { Provider } from 'oidc-provider/lib/provider.js';
import { listen } from './listen.js';

/**
 * An authorization server on a free loopback port that knows `clients` (`{ id: secret }`) and issues tokens for `audience`.
 *
 * `life` (seconds) and `delay` (milliseconds before an answer) may be set at any time; `requests` lists the token
 * requests as `{ client, status, started, ended, token }`, instants in milliseconds since the epoch, `token` its `jti`.
 */
export async function authorizationServer({ audience, clients }) {
  const { server, origin, close } = await listen();
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
    /** Whether the API must refuse the token with this `jti`. */
    isRevoked: (jti) => revoked.has(jti),
    close,
  };

  provider.use(record);
  provider.use(operate);
  server.on('request', provider.callback());
  return authorization;

  // Everything oidc-provider would choose by itself, with a notice on the console, is chosen here.
  async function configuration() {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    return {
      adapter: NoStorage,
      jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
      clientDefaults: { id_token_signed_response_alg: 'ES256' },
      clients: Object.entries(clients).map(([client_id, client_secret]) => ({
        client_id,
        client_secret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      })),
      ttl: { ClientCredentials: () => authorization.life },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({
            audience,
            scope: 'invoices',
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          }),
        },
      },
    };
  }

  async function record(ctx, next) {
    if (ctx.path !== '/token') return next();
    const request = {
      client: clientOf(ctx),
      status: undefined,
      started: Date.now(),
      ended: undefined,
      token: undefined,
    };
    authorization.requests.push(request);
    await pause(authorization.delay);
    await next();
    request.status = ctx.status;
    if (ctx.status === 200) request.token = decodeJwt(ctx.body.access_token).jti;
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
