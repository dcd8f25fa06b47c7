/** Auth0, scripted: auth0.com/docs (Client Credentials Flow, Troubleshoot). */
import { type Group, page, refusal } from './provocation.js';
import { person, signed } from './shop.js';

export const auth0: Group = {
  working: ({ scripted }) => ({
    grant_type: 'client_credentials',
    token_endpoint: `${scripted.origin}/oauth/token`,
    client_id: 'shop',
    client_secret: 's3cr3t-of-the-shop',
    token_endpoint_auth_method: 'client_secret_post',
    params: { audience: 'https://billing.example' },
  }),
  provocations: [
    {
      title: 'wrong client id or secret',
      answer: refusal(401, 'access_denied', 'Unauthorized'),
      says: [/client_id|client_secret/],
    },
    {
      title: 'no audience',
      oauth2: { params: undefined },
      answer: refusal(403, 'access_denied', 'Non-global clients are not allowed access to APIv1'),
      says: ['params.audience'],
    },
    {
      title: 'unknown audience',
      answer: refusal(403, 'access_denied', 'Service not enabled within domain: https://billing.example'),
      says: ['Service not enabled within domain: https://billing.example'],
    },
    {
      title: 'client not granted',
      answer: refusal(
        403,
        'access_denied',
        'Client is not authorized to access "https://billing.example". You need to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants',
      ),
      says: ['client-grant'],
    },
    {
      title: 'scope not granted',
      oauth2: { scope: 'write' },
      answer: refusal(403, 'access_denied', 'Client has not been granted scopes: write'),
      says: ['has not been granted scopes: write'],
    },
    {
      title: 'grant off',
      answer: refusal(403, 'unauthorized_client', "Grant type 'client_credentials' not allowed for the client."),
      says: ["'client_credentials' not allowed for the client"],
    },
    {
      title: 'wrong password',
      oauth2: person,
      answer: refusal(403, 'invalid_grant', 'Wrong email or password.'),
      says: ['Wrong email or password'],
    },
    {
      title: 'no connection',
      oauth2: person,
      answer: refusal(403, 'server_error', 'Authorization server not configured with default connection.'),
      says: ['default connection'],
    },
    {
      title: 'second factor',
      oauth2: person,
      answer: refusal(403, 'mfa_required', 'Multifactor authentication required', { mfa_token: 's3cr3t' }),
      says: ['Multifactor authentication required'],
    },
    {
      title: 'unknown key',
      oauth2: signed,
      answer: refusal(401, 'invalid_client', 'Failed to verify client assertion'),
      says: ['kid "old"', 'check the key'],
    },
    {
      title: 'wrong domain',
      answer: { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not found.' },
      says: ['is "token_endpoint" right?', '/oauth/token'],
    },
    {
      title: 'client of another kind',
      answer: refusal(401, 'invalid_client', 'Client authentication is required'),
      says: [/client_id and client_secret|token_endpoint_auth_method/],
    },
    { title: 'too many', answer: refusal(429, 'access_denied', 'Too Many Requests'), says: [/too many/i] },
    {
      title: 'exceeded quota',
      answer: refusal(429, 'too_many_requests', 'Quota exceeded for client'),
      says: ['Quota exceeded'],
    },
    {
      title: 'blocked by a firewall',
      answer: page(403, 'Attention Required! | Cloudflare'),
      says: ['Attention Required! | Cloudflare', 'firewall'],
    },
  ],
};
