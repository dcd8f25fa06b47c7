/** A real authorization server (oidc-provider) on loopback, over http or https, with every grant and client authentication. */
import type { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { exportJWK, generateKeyPair, type JWTVerifyGetKey, jwtVerify } from 'jose';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import { InvalidClientAuth, InvalidGrant } from 'oidc-provider/lib/helpers/errors.js';
// Not the package's main file: importing that prints a notice on each Node that is not its choice.
import { Provider } from 'oidc-provider/lib/provider.js';
import type { Certified } from 'test-servers/certificates';
import { listen } from 'test-servers/listen';
import { SIGNATURE_ALGORITHMS } from '../../packages/oauth2-backend/src/definitions/signing-key.js';

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

export interface AuthorizationServerOptions {
  /** RFC 7591 metadata; grants need not be named. */
  readonly clients: readonly Readonly<Record<string, unknown>>[];
  /** Passwords by user name. */
  readonly users?: Readonly<Record<string, string>>;
  /** Who verifies the assertions of the jwt-bearer grant, and their issuer. */
  readonly assertions?: { readonly issuer: string; readonly key: JWTVerifyGetKey };
  /** Gives the user of a subject token in the exchange grant; rejects for one that is not good. */
  readonly subjectOf?: (token: string) => Promise<string>;
  /** Takes client assertions by RFC 10070 only: for the issuer alone, and typed as what they are. */
  readonly strictAssertions?: boolean;
  /** Speaks https as this, and asks for client certificates of this authority, without which nothing is answered. */
  readonly tls?: Certified & { readonly ca: string };
}

export interface AuthorizationServer {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  /** The grants of the token requests that were answered with a token, oldest first. */
  readonly grants: readonly string[];
  /** What has gone wrong in token requests, oldest first. */
  readonly refusals: readonly string[];
  close(): Promise<void>;
}

/** The resource that tokens are for when the request names none. */
export const DEFAULT_RESOURCE = 'https://api.example';
const SCOPE = 'invoices:read invoices:write';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** Starts it on a free port. */
export async function authorizationServer(options: AuthorizationServerOptions): Promise<AuthorizationServer> {
  const { tls } = options;
  const server = tls
    ? createSecureServer({ keepAliveTimeout: 60_000, ...tls, requestCert: true, rejectUnauthorized: true })
    : createServer({ keepAliveTimeout: 60_000 });
  const { origin: issuer, close } = await listen(server);
  const provider = new Provider(issuer, await configuration(options));
  const refusals: string[] = [];
  const grants: string[] = [];
  provider.on('grant.success', ({ oidc }) => grants.push(oidc.params.grant_type));
  provider.on('grant.error', (_context, error) => refusals.push(`${error.message}: ${error.error_detail ?? ''}`));
  provider.registerGrantType('password', grantPassword, ['username', 'password', 'scope', 'resource'], ['resource']);
  provider.registerGrantType(JWT_BEARER, grantAssertion, ['assertion', 'scope', 'resource'], ['resource']);
  const exchanged = ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'scope', 'resource'];
  provider.registerGrantType(TOKEN_EXCHANGE, grantExchange, exchanged, ['resource', 'audience']);
  server.on('request', provider.callback());

  return {
    issuer,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
    grants,
    refusals,
    close,
  };

  // biome-ignore lint/suspicious/noExplicitAny: oidc-provider's context has no types
  async function grantPassword(context: any): Promise<void> {
    const { username, password } = context.oidc.params;
    if (options.users?.[username] !== password) throw new InvalidGrant('wrong password');
    await issue(context, username, { refreshable: true });
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  async function grantAssertion(context: any): Promise<void> {
    const { assertions } = options;
    if (!assertions) throw new InvalidGrant('nobody is trusted');
    const { payload } = await jwtVerify(context.oidc.params.assertion, assertions.key, {
      issuer: assertions.issuer,
      audience: issuer,
      requiredClaims: ['sub', 'exp'],
    }).catch((error: Error) => {
      throw new InvalidGrant(error.message);
    });
    await issue(context, payload.sub ?? '');
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  async function grantExchange(context: any): Promise<void> {
    const { subject_token: token, subject_token_type: type } = context.oidc.params;
    if (type !== ACCESS_TOKEN) throw new InvalidGrant(`no such type: ${type}`);
    const user = await options.subjectOf?.(token).catch((error: Error) => {
      throw new InvalidGrant(error.message);
    });
    await issue(context, user ?? '', { type: ACCESS_TOKEN });
  }

  async function issue(
    // biome-ignore lint/suspicious/noExplicitAny: as above
    context: any,
    accountId: string,
    { refreshable = false, type }: { refreshable?: boolean; type?: string } = {},
  ): Promise<void> {
    const { client, params } = context.oidc;
    const resource = params.resource ?? DEFAULT_RESOURCE;
    const scope = params.scope ?? SCOPE;
    const grant = new provider.Grant({ accountId, clientId: client.clientId });
    grant.addResourceScope(resource, scope);
    const shared = { accountId, client, grantId: await grant.save(), gty: params.grant_type, scope };
    const token = new provider.AccessToken(shared);
    token.resourceServer = new provider.ResourceServer(resource, resourceServer(resource));
    context.body = {
      access_token: await token.save(),
      expires_in: token.expiration,
      token_type: token.tokenType,
      scope,
      ...(type && { issued_token_type: type }),
      ...(refreshable && { refresh_token: await new provider.RefreshToken({ ...shared, resource }).save() }),
    };
  }
}

function resourceServer(audience: string): object {
  return { audience, scope: SCOPE, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
}

// Everything oidc-provider would choose by itself, with a notice on the console, is chosen here.
async function configuration({ clients, strictAssertions }: AuthorizationServerOptions): Promise<object> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    adapter: storage(clients),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
    clientDefaults: {
      id_token_signed_response_alg: 'ES256',
      grant_types: ['client_credentials', 'password', 'refresh_token', JWT_BEARER, TOKEN_EXCHANGE],
      response_types: [],
      redirect_uris: [],
    },
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      'none',
      'tls_client_auth',
    ],
    enabledJWA: { clientAuthSigningAlgValues: [...SIGNATURE_ALGORITHMS] },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    rotateRefreshToken: true,
    // biome-ignore lint/suspicious/noExplicitAny: as above
    assertJwtClientAuthClaimsAndHeader: async ({ oidc }: any, claims: any, header: any) => {
      if (!strictAssertions || (claims.aud === oidc.issuer && header.typ === 'client-authentication+jwt')) return;
      throw new InvalidClientAuth('an assertion for another audience, or of another type');
    },
    ttl: { ClientCredentials: 300, AccessToken: 300, RefreshToken: 3600, Grant: 3600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        certificateBoundAccessTokens: true,
        getCertificate: ({ socket }: { socket: TLSSocket }) => socket.getPeerX509Certificate?.()?.toString(),
        certificateAuthorized: ({ socket }: { socket: TLSSocket }) => socket.authorized,
        certificateSubjectMatches: ({ socket }: { socket: TLSSocket }, _property: string, expected: string) =>
          subjectOf(socket) === expected,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => DEFAULT_RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, resource: string) => resourceServer(resource),
      },
    },
  };
}

/** Knows the clients; otherwise the provider's own, which warns under its own name. */
function storage(clients: AuthorizationServerOptions['clients']): new (model: string) => MemoryAdapter {
  return class Storage extends MemoryAdapter {
    readonly #model: string;

    constructor(model: string) {
      super(model);
      this.#model = model;
    }

    override async find(id: string): Promise<unknown> {
      return this.#model === 'Client' ? clients.find(({ client_id }) => client_id === id) : super.find(id);
    }
  };
}

function subjectOf(socket: TLSSocket): string | undefined {
  const certificate: X509Certificate | undefined = socket.getPeerX509Certificate();
  return certificate?.subject;
}
