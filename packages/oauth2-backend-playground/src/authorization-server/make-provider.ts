/** oidc-provider as the playground has it: tokens for one API, by the grants and client authentications of the library. */
import type { Provider, ProviderContext } from 'oidc-provider';
import { JWT_BEARER } from '../clients.js';
import type { SigningKey } from '../tokens/signing-key.js';
import { registerGrants } from './grants.js';
import { SCOPES } from './scopes.js';
import type { Storage } from './storage.js';
import type { UsersOfTokens } from './users-of-tokens.js';

export interface ProviderSettings {
  readonly issuer: string;
  /** The API's origin, which is what tokens are for. */
  readonly resource: string;
  readonly key: SigningKey;
  readonly storage: Storage;
  readonly users: UsersOfTokens;
  /** Seconds that a new token lives. */
  readonly life: () => number;
  /** Gets each token request once it is answered. */
  readonly answered: (context: ProviderContext, reason: string | undefined) => void;
}

export function makeProvider(
  { Provider, errors }: typeof import('oidc-provider'),
  { issuer, resource, key, storage, users, life, answered }: ProviderSettings,
): Provider {
  const resourceServer = {
    audience: resource,
    scope: SCOPES.join(' '),
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: key.algorithm } },
  };
  const provider = new Provider(issuer, configuration());
  const reasons = new WeakMap<ProviderContext, string>();
  registerGrants(provider, { errors, users, resource, resourceServer });
  // What it keeps from clients is what people look for.
  provider.on('grant.error', (context, { error_detail: detail }) => void (detail && reasons.set(context, detail)));
  provider.on('server_error', (context, error) => void reasons.set(context, String(error)));
  provider.use(async (context, next) => {
    await next();
    // The scripts of other pages read nothing here.
    context.remove('Access-Control-Allow-Origin');
    if (context.path === '/token') answered(context, reasons.get(context));
  });
  return provider;

  // Everything oidc-provider would choose by itself, with a notice on the console, is chosen here.
  function configuration(): object {
    return {
      adapter: storage.adapter,
      jwks: { keys: [key.privateJwk] },
      clientDefaults: {
        id_token_signed_response_alg: key.algorithm,
        grant_types: [JWT_BEARER],
        response_types: [],
        redirect_uris: [],
      },
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
      enabledJWA: { clientAuthSigningAlgValues: ['HS256', 'ES256'] },
      clientBasedCORS: () => false,
      findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id }) }),
      rotateRefreshToken: true,
      ttl: { AccessToken: life, ClientCredentials: life, RefreshToken: 3_600, Grant: 3_600 },
      features: {
        devInteractions: { enabled: false },
        rpInitiatedLogout: { enabled: false },
        userinfo: { enabled: false },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => resource,
          useGrantedResource: () => true,
          getResourceServerInfo: () => resourceServer,
        },
      },
    };
  }
}
