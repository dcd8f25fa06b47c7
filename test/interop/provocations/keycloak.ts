/** Keycloak, scripted: the texts of its `OAuthErrorException`, in versions 17 to 26. */
import { type Group, refusal } from './provocation.js';
import { late, person, signed } from './shop.js';

const exchange = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token: () => 's3cr3t-subject',
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
};
const credentials = 'check client_id and client_secret';

export const keycloak: Group = {
  working: ({ scripted }) => ({
    grant_type: 'client_credentials',
    token_endpoint: `${scripted.origin}/realms/demo/protocol/openid-connect/token`,
    client_id: 'shop',
    client_secret: 's3cr3t-of-the-shop',
  }),
  provocations: [
    {
      title: 'wrong client id',
      answer: refusal(401, 'invalid_client', 'Invalid client or Invalid client credentials'),
      says: ['client "shop"', credentials],
    },
    {
      title: 'wrong secret, before 22',
      answer: refusal(401, 'unauthorized_client', 'Invalid client secret'),
      says: ['Invalid client secret'],
    },
    {
      title: 'wrong secret',
      answer: refusal(401, 'unauthorized_client', 'Invalid client or Invalid client credentials'),
      says: [credentials],
    },
    { title: 'disabled client', answer: refusal(401, 'invalid_client', 'Client disabled'), says: ['Client disabled'] },
    {
      title: 'disabled service account',
      answer: refusal(401, 'unauthorized_client', 'Client not enabled to retrieve service account'),
      says: ['service account', 'grant_type "client_credentials"'],
    },
    {
      title: 'direct access grants off',
      oauth2: person,
      answer: refusal(400, 'unauthorized_client', 'Client not allowed for direct access grants'),
      says: ['direct access grants', 'grant_type "password"'],
    },
    {
      title: 'public client',
      answer: refusal(401, 'unauthorized_client', 'Public client not allowed to retrieve service account'),
      says: ['Public client'],
    },
    {
      title: 'wrong password',
      oauth2: person,
      answer: refusal(401, 'invalid_grant', 'Invalid user credentials'),
      says: [/user credentials|username and password/],
    },
    {
      title: 'account not set up',
      oauth2: person,
      answer: refusal(400, 'invalid_grant', 'Account is not fully set up'),
      says: ['Account is not fully set up'],
    },
    {
      title: 'disabled account',
      oauth2: person,
      answer: refusal(400, 'invalid_grant', 'Account disabled'),
      says: ['Account disabled'],
    },
    {
      title: 'wrong realm',
      answer: { status: 404, body: { error: 'Realm does not exist' } },
      says: ['Realm does not exist', '/realms/demo/'],
    },
    {
      title: 'path of before 17',
      answer: { status: 404, body: { error: 'Unable to find matching target resource method' } },
      says: ['is "token_endpoint" right?'],
    },
    {
      title: 'unknown scope',
      oauth2: { scope: 'everything' },
      answer: refusal(400, 'invalid_scope', 'Invalid scopes: everything'),
      says: ['scope "everything"'],
    },
    {
      title: 'unknown kid',
      oauth2: signed,
      answer: refusal(400, 'invalid_client', 'Client authentication with signed JWT failed: Unable to load public key'),
      says: ['kid "old"', 'check the key registered for that kid'],
    },
    {
      title: 'expired assertion',
      oauth2: signed,
      answer: {
        ...refusal(400, 'invalid_client', 'Client authentication with signed JWT failed: Token is not active'),
        headers: late,
      },
      says: ['our clock is', 'ahead of'],
    },
    {
      title: 'exchange to an unknown audience',
      oauth2: { ...exchange, params: { audience: 'billing' } },
      answer: refusal(400, 'invalid_client', 'Audience not found'),
      says: ['Audience not found'],
    },
    {
      title: 'exchange not allowed',
      oauth2: exchange,
      answer: refusal(403, 'access_denied', 'Client not allowed to exchange'),
      says: ['Client not allowed to exchange'],
    },
    {
      title: 'exchange of an ended token',
      oauth2: exchange,
      answer: refusal(400, 'invalid_token', 'Invalid token'),
      says: [/subject token/],
    },
    { title: 'HTTPS required', answer: refusal(403, 'invalid_request', 'HTTPS required'), says: ['HTTPS required'] },
    { title: 'starting', answer: { status: 503, body: '' }, says: ['down or overloaded'] },
    {
      title: 'DPoP wanted',
      answer: refusal(400, 'invalid_request', 'DPoP proof is missing'),
      says: ['DPoP proof is missing'],
    },
  ],
};
