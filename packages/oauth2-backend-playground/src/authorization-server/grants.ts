/** The grants that oidc-provider does not have, and client_credentials with a scope where none is asked for. */
import type { GrantContext, Provider } from 'oidc-provider';
import { JWT_BEARER, TOKEN_EXCHANGE, USERS } from '../clients.js';
import { SCOPES } from './scopes.js';
import type { UsersOfTokens } from './users-of-tokens.js';

type Errors = typeof import('oidc-provider')['errors'];
type Params = GrantContext['oidc']['params'];

const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:';
const ACCESS_TOKEN = `${TOKEN_TYPE}access_token`;
const TARGET = ['scope', 'resource', 'audience'];

export interface GrantsOptions {
  readonly errors: Errors;
  readonly users: UsersOfTokens;
  /** The one that tokens are for. */
  readonly resource: string;
  readonly resourceServer: object;
}

export function registerGrants(provider: Provider, { errors, users, resource, resourceServer }: GrantsOptions): void {
  provider.registerGrantType('client_credentials', clientCredentials, TARGET);
  provider.registerGrantType('password', password, ['username', 'password', ...TARGET]);
  provider.registerGrantType(JWT_BEARER, jwtBearer, ['assertion', ...TARGET]);
  provider.registerGrantType(TOKEN_EXCHANGE, tokenExchange, [
    'subject_token',
    'subject_token_type',
    'actor_token',
    'actor_token_type',
    'requested_token_type',
    ...TARGET,
  ]);

  async function clientCredentials(context: GrantContext): Promise<void> {
    const { client, params } = context.oidc;
    const scope = scopeOf(params);
    await answer(context, new provider.ClientCredentials({ client, scope }), scope);
  }

  async function password(context: GrantContext): Promise<void> {
    const { username = '', password: given } = context.oidc.params;
    if (!Object.hasOwn(USERS, username) || USERS[username] !== given) throw new errors.InvalidGrant('wrong password');
    await answerUser(context, username, { refreshable: true });
  }

  async function jwtBearer(context: GrantContext): Promise<void> {
    const { assertion } = context.oidc.params;
    if (assertion === undefined) throw new errors.InvalidRequest('assertion is missing');
    await answerUser(context, await userOf(() => users.ofAssertion(assertion)));
  }

  async function tokenExchange(context: GrantContext): Promise<void> {
    const { subject_token: token, subject_token_type: type, requested_token_type: wanted } = context.oidc.params;
    if (token === undefined) throw new errors.InvalidRequest('subject_token is missing');
    if (type !== ACCESS_TOKEN && type !== `${TOKEN_TYPE}jwt`)
      throw new errors.InvalidRequest('subject_token_type is not known');
    if (wanted !== undefined && wanted !== ACCESS_TOKEN && wanted !== `${TOKEN_TYPE}jwt`) {
      throw new errors.InvalidRequest('requested_token_type is not known');
    }
    const user = await userOf(() => users.ofSubjectToken(token));
    await answerUser(context, user, { members: { issued_token_type: wanted ?? ACCESS_TOKEN } });
  }

  async function userOf(verify: () => Promise<string>): Promise<string> {
    try {
      return await verify();
    } catch (error) {
      throw new errors.InvalidGrant((error as Error).message);
    }
  }

  async function answerUser(
    context: GrantContext,
    accountId: string,
    { refreshable = false, members = {} }: { refreshable?: boolean; members?: object } = {},
  ): Promise<void> {
    const { client, params } = context.oidc;
    const scope = scopeOf(params);
    const grant = new provider.Grant({ accountId, clientId: client.clientId });
    grant.addResourceScope(resource, scope);
    const shared = { accountId, client, grantId: await grant.save(), gty: params['grant_type'], scope };
    const refreshToken = refreshable ? await new provider.RefreshToken({ ...shared, resource }).save() : undefined;
    await answer(context, new provider.AccessToken(shared), scope, {
      ...members,
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    });
  }

  async function answer(
    context: GrantContext,
    token: InstanceType<Provider['AccessToken']>,
    scope: string,
    members: object = {},
  ): Promise<void> {
    for (const name of ['resource', 'audience']) {
      const target = context.oidc.params[name];
      if (target !== undefined && target.replace(/\/$/, '') !== resource) {
        throw new errors.InvalidTarget(`${name}: there is ${resource} only`);
      }
    }
    token.resourceServer = new provider.ResourceServer(resource, resourceServer);
    const access_token = await token.save();
    context.body = { access_token, token_type: token.tokenType, expires_in: token.expiration, scope, ...members };
  }

  /** All of them where none is asked for (RFC 6749 §3.3). */
  function scopeOf({ scope }: Params): string {
    const unknown = scope?.split(' ').filter((name) => !SCOPES.includes(name)) ?? [];
    if (unknown.length > 0) throw new errors.InvalidScope(`there are ${SCOPES.join(' and ')}`, unknown.join(' '));
    return scope ?? SCOPES.join(' ');
  }
}
