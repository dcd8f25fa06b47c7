/** What is asked for tokens: three real authorization servers, one that answers by a script, and what may go wrong before them. */
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createSocketServer, type Socket } from 'node:net';
import { createLocalJWKSet } from 'jose';
import { certificateAuthority, selfSigned } from 'test-servers/certificates';
import { listen } from 'test-servers/listen';
import { proxyServer } from 'test-servers/proxy-server';
import { tokenServer } from 'test-servers/token-server';
import { jwkOf, keyPair } from '../../../packages/oauth2-backend/test/definitions/signing-keys.js';
import { authorizationServer } from '../authorization-server.js';
import { jmondiServer } from '../jmondi-server.js';
import { nodeOAuthServer } from '../node-oauth-server.js';

export const keys = keyPair('ES256');
const PASSWORDS = { ann: 's3cr3t-of-ann' };
const SHOP = 's3cr3t-of-the-shop';
export const ODD_SECRET = 's3cr3t: 100% of+the shop';
const LONG_SECRET = 's3cr3t-that-is-long-enough-for-an-hmac';

export type Servers = Awaited<ReturnType<typeof startServers>>;

/** Starts all of them. */
export async function startServers() {
  const authority = certificateAuthority();
  const jwk = jwkOf(keys.publicKey, { alg: 'ES256', kid: 'the-key' });
  const subjectOf = async (token: string) => {
    if (token !== 's3cr3t-good-subject') throw new Error('token is expired');
    return 'ann';
  };
  const signed = { token_endpoint_auth_signing_alg: 'ES256', jwks: { keys: [jwk] } };
  const basic = { client_secret: SHOP, token_endpoint_auth_method: 'client_secret_basic' };
  const clients = [
    { client_id: 'shop', ...basic },
    { client_id: 'poster', ...basic, token_endpoint_auth_method: 'client_secret_post' },
    { client_id: 'odd', ...basic, client_secret: ODD_SECRET },
    { client_id: 'reader', ...basic, scope: 'invoices:read' },
    { client_id: 'person', ...basic, grant_types: ['password'] },
    { client_id: 'bound', ...basic, dpop_bound_access_tokens: true },
    { client_id: 'signer', token_endpoint_auth_method: 'private_key_jwt', ...signed },
    {
      client_id: 'hmac',
      client_secret: LONG_SECRET,
      token_endpoint_auth_method: 'client_secret_jwt',
      token_endpoint_auth_signing_alg: 'HS256',
    },
  ];
  const scripted = await tokenServer();
  const tls = (certified: { cert: string; key: string }, more: object = {}) =>
    listen(createSecureServer({ ...certified, ...more }, (_, response) => void response.end('{}')));
  const raw = async (answer: (socket: Socket) => void) => {
    const sockets = new Set<Socket>();
    const server = createSocketServer((socket) => answer(socket.on('error', () => undefined)));
    server.on('connection', (socket) => sockets.add(socket));
    const { port, close } = await listen(server);
    return {
      port,
      close() {
        for (const socket of sockets) socket.destroy();
        return close();
      },
    };
  };
  const closed = await listen(createServer());
  await closed.close();

  const servers = {
    ca: authority.ca,
    closed: closed.port,
    oidc: await authorizationServer({
      clients,
      users: PASSWORDS,
      subjectOf,
      assertions: { issuer: 'shop', key: createLocalJWKSet({ keys: [jwk] }) },
    }),
    nodeOAuth: await nodeOAuthServer({ clients: { shop: SHOP, odd: ODD_SECRET }, users: PASSWORDS }),
    jmondi: await jmondiServer({ client: { id: 'shop', secret: SHOP }, key: LONG_SECRET, subjectOf }),
    scripted,
    trusted: await tls(authority.server()),
    selfSigned: await tls(selfSigned()),
    expired: await tls(authority.expired()),
    notYetValid: await tls(authority.notYetValid()),
    otherName: await tls(authority.server('other.example')),
    mutual: await tls(authority.server(), { ca: authority.ca, requestCert: true, rejectUnauthorized: true }),
    oldTls: await tls(authority.server(), { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }),
    silent: await listen(createServer(() => undefined)),
    halfBody: await listen(
      createServer((_, response) => void response.writeHead(200, { 'content-length': '90' }).write('{"access')),
    ),
    deaf: await raw((socket) => void socket.resume().once('end', () => socket.end())),
    closing: await raw((socket) => void socket.once('data', () => socket.destroy())),
    ssh: await raw((socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n')),
    guarded: await proxyServer(),
    forbidding: await proxyServer(),
    lost: await proxyServer(),
    noProxy: await proxyServer(),
    stalled: await proxyServer(),
  };
  servers.guarded.credentials = `gate:${SHOP}`;
  servers.forbidding.refusal = 403;
  servers.lost.refusal = 502;
  servers.noProxy.refusal = 404;
  servers.stalled.stalled = true;

  return {
    ...servers,
    async close() {
      for (const each of Object.values(servers)) if (typeof each === 'object') await each.close();
    },
  };
}
