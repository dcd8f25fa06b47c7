/** Okta, scripted: support.okta.com (invalid_client returned when requesting tokens), developer.okta.com (OAuth 2.0 error codes). */
import { type Group, page, refusal } from './provocation.js';
import { late, person, signed } from './shop.js';

export const okta: Group = {
  working: ({ scripted }) => ({
    grant_type: 'client_credentials',
    token_endpoint: `${scripted.origin}/oauth2/default/v1/token`,
    client_id: 'shop',
    client_secret: 's3cr3t-of-the-shop',
    scope: 'invoices.read',
  }),
  provocations: [
    {
      title: 'wrong client id',
      answer: {
        status: 401,
        body: {
          errorCode: 'invalid_client',
          errorSummary: "Invalid value for 'client_id' parameter.",
          errorLink: 'invalid_client',
          errorCauses: [],
        },
      },
      says: ["Invalid value for 'client_id' parameter"],
    },
    {
      title: 'wrong secret',
      answer: refusal(401, 'invalid_client', 'The client secret supplied for a confidential client is invalid.'),
      says: ['client secret', 'is invalid'],
    },
    {
      title: 'client unknown, or its secret',
      answer: refusal(
        401,
        'invalid_client',
        'Client authentication failed. Either the client or the client credentials are invalid.',
      ),
      says: ['check client_id and client_secret'],
    },
    {
      title: 'wrong method',
      answer: refusal(
        401,
        'invalid_client',
        'The client is configured to use private_key_jwt as its authentication method.',
      ),
      says: ['private_key_jwt'],
    },
    {
      title: 'no scope',
      oauth2: { scope: undefined },
      answer: refusal(
        400,
        'invalid_scope',
        "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
      ),
      says: ["'scope' must be provided"],
    },
    {
      title: 'unknown scope',
      answer: refusal(
        400,
        'invalid_scope',
        'One or more scopes are not configured for the authorization server resource.',
      ),
      says: ['scope "invoices.read"', 'not configured'],
    },
    {
      title: 'grant off',
      answer: refusal(
        400,
        'unauthorized_client',
        'The client is not authorized to use the provided grant type. Configured grant types: [authorization_code].',
      ),
      says: ['Configured grant types', 'grant_type "client_credentials"'],
    },
    {
      title: 'policy',
      answer: refusal(
        400,
        'access_denied',
        'Policy evaluation failed for this request, please check the policy configurations.',
      ),
      says: ['check the policy configurations'],
    },
    {
      title: 'unknown kid',
      oauth2: signed,
      answer: refusal(401, 'invalid_client', 'The client_assertion signature is invalid.'),
      says: ['kid "old"', 'check the key registered'],
    },
    {
      title: 'wrong aud',
      oauth2: signed,
      answer: refusal(
        401,
        'invalid_client',
        'The audience claim for client_assertion must be the endpoint invoked for the request.',
      ),
      says: ['audience claim', 'aud "'],
    },
    {
      title: 'clock off',
      oauth2: signed,
      answer: { ...refusal(401, 'invalid_client', 'The client_assertion token is expired.'), headers: late },
      says: ['our clock is'],
    },
    {
      title: 'DPoP wanted',
      answer: refusal(400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.'),
      says: ['DPoP'],
    },
    {
      title: 'wrong password',
      oauth2: person,
      answer: refusal(400, 'invalid_grant', 'The credentials provided were invalid.'),
      says: [/credentials|username and password/],
    },
    {
      title: 'wrong authorization server',
      answer: {
        status: 404,
        body: { errorCode: 'E0000007', errorSummary: 'Not found: Resource not found: default (AuthorizationServer)' },
      },
      says: ['Resource not found: default (AuthorizationServer)', 'token_endpoint'],
    },
    {
      title: 'too many',
      answer: {
        status: 429,
        body: { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit due to too many requests.' },
      },
      says: ['rate limit'],
    },
    { title: 'wrong domain', answer: page(404, 'Page Not Found'), says: ['is "token_endpoint" right?'] },
  ],
};
