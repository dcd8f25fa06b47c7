/** Microsoft Entra ID, scripted: the list of its AADSTS codes (learn.microsoft.com/entra/identity-platform/reference-error-codes). */
import { JWT_BEARER } from '../authorization-server.js';
import { type Group, type Provocation, page, refusal } from './provocation.js';
import { person, signed } from './shop.js';

const TRACE =
  '\r\nTrace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333\r\nCorrelation ID: aaaa0000-bb11-2222-33cc-444444dddddd\r\nTimestamp: 2026-01-09 02:02:12Z';

function entraRow(
  title: string,
  status: number,
  error: string,
  text: string,
  says: Provocation['says'],
  oauth2: object = {},
): Provocation {
  const code = Number(/\d+/.exec(text)?.[0]);
  return {
    title,
    oauth2,
    says,
    answer: refusal(status, error, text + TRACE, { error_codes: [code], trace_id: '0000aaaa' }),
  };
}

const obo = { grant_type: JWT_BEARER, assertion: 's3cr3t-inbound', params: { requested_token_use: 'on_behalf_of' } };

export const entra: Group = {
  working: ({ scripted }) => ({
    grant_type: 'client_credentials',
    token_endpoint: `${scripted.origin}/contoso.example/oauth2/v2.0/token`,
    client_id: 'shop',
    client_secret: 's3cr3t-of-the-shop',
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'api://billing/.default',
  }),
  provocations: [
    entraRow(
      'secret id for the secret',
      401,
      'invalid_client',
      "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'shop'.",
      ['not the client secret ID'],
    ),
    entraRow(
      'expired secret',
      401,
      'invalid_client',
      "AADSTS7000222: The provided client secret keys for app 'shop' are expired. Visit the Azure portal to create new keys for your app.",
      ['are expired'],
    ),
    entraRow(
      'wrong client id',
      400,
      'unauthorized_client',
      "AADSTS700016: Application with identifier 'shop' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant.",
      ['was not found in the directory', 'client "shop"'],
    ),
    entraRow(
      'wrong tenant',
      400,
      'invalid_request',
      "AADSTS90002: Tenant 'contoso.example' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
      ['Tenant', 'not found'],
    ),
    entraRow(
      'no .default',
      400,
      'invalid_scope',
      'AADSTS1002012: The provided value for scope api://billing/read is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
      ['/.default', 'scope "api://billing/read"'],
      { scope: 'api://billing/read' },
    ),
    entraRow(
      'unknown resource',
      400,
      'invalid_resource',
      'AADSTS500011: The resource principal named api://billing was not found in the tenant named Contoso.',
      ['resource principal named api://billing was not found'],
    ),
    entraRow(
      'no scope',
      400,
      'invalid_request',
      "AADSTS900144: The request body must contain the following parameter: 'scope'.",
      ["following parameter: 'scope'"],
      { scope: undefined },
    ),
    entraRow(
      'unknown key',
      401,
      'invalid_client',
      'AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application.',
      ['not registered', 'kid "old"'],
      signed,
    ),
    entraRow(
      'assertion out of time',
      401,
      'invalid_client',
      'AADSTS700024: Client assertion is not within its valid time range.',
      ['valid time range', 'sent: alg ES256'],
      signed,
    ),
    entraRow(
      'assertion for another audience',
      401,
      'invalid_client',
      'AADSTS700023: Client assertion audience claim does not match Realm issuer.',
      ['aud "'],
      signed,
    ),
    entraRow(
      'no credential',
      401,
      'invalid_client',
      "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      ["'client_assertion' or 'client_secret'"],
      { ...person, client_secret: undefined, token_endpoint_auth_method: 'none' },
    ),
    entraRow(
      'consent missing',
      400,
      'invalid_grant',
      "AADSTS65001: The user or administrator has not consented to use the application with ID 'shop' named 'Shop'. Send an interactive authorization request for this user and resource.",
      ['has not consented'],
      obo,
    ),
    entraRow(
      'second factor',
      400,
      'interaction_required',
      'AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the API.',
      ['multi-factor'],
      obo,
    ),
    entraRow(
      'on behalf of: wrong audience',
      400,
      'invalid_grant',
      'AADSTS50013: Assertion failed signature validation. [Reason - The key was not found.]',
      ['Assertion failed signature validation'],
      obo,
    ),
    entraRow(
      'wrong password',
      400,
      'invalid_grant',
      'AADSTS50126: Error validating credentials due to invalid username or password.',
      ['invalid username or password'],
      person,
    ),
    entraRow(
      'locked user',
      400,
      'invalid_grant',
      'AADSTS50053: The account is locked, you have tried to sign in too many times with an incorrect user ID or password.',
      ['account is locked'],
      person,
    ),
    entraRow('disabled client', 401, 'unauthorized_client', "AADSTS7000112: Application 'shop'(Shop) is disabled.", [
      'is disabled',
    ]),
    entraRow(
      'conditional access',
      400,
      'invalid_grant',
      'AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
      ['Conditional Access'],
    ),
    {
      title: 'too many',
      answer: { status: 429, headers: { 'retry-after': '60' }, body: '' },
      says: ['too many token requests'],
    },
    {
      title: 'wrong path',
      answer: page(404, '404 - File or directory not found.'),
      says: ['is "token_endpoint" right?', '/oauth2/v2.0/token'],
    },
  ],
};
