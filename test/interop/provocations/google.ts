/** Google, scripted: developers.google.com/identity/protocols/oauth2/service-account (JWT error codes). */
import { JWT_BEARER } from '../authorization-server.js';
import { type Group, page, refusal } from './provocation.js';
import { late, signed } from './shop.js';

export const google: Group = {
  working: ({ scripted }) => ({
    grant_type: JWT_BEARER,
    token_endpoint: `${scripted.origin}/token`,
    jwt_signing_profile: {
      ...signed.jwt_signing_profile,
      ttl: '1h',
      claims: {
        iss: 'shop@project.iam.gserviceaccount.example',
        aud: `${scripted.origin}/token`,
        scope: 'https://www.googleapis.example/auth/drive',
      },
    },
  }),
  provocations: [
    {
      title: 'unknown account',
      answer: refusal(400, 'invalid_grant', 'Invalid grant: account not found'),
      says: ['account not found', 'iss "shop@project'],
    },
    {
      title: 'wrong key',
      answer: refusal(400, 'invalid_grant', 'Invalid JWT Signature.'),
      says: ['kid "old"', 'check the key registered'],
    },
    {
      title: 'clock off',
      answer: {
        ...refusal(
          400,
          'invalid_grant',
          'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
        ),
        headers: late,
      },
      says: ['iat and exp', 'our clock is'],
    },
    {
      title: 'wrong aud',
      answer: refusal(400, 'invalid_grant', 'Invalid JWT: Failed audience check.'),
      says: ['audience check', 'aud "'],
    },
    {
      title: 'unknown scope',
      answer: refusal(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.'),
      says: ['Invalid OAuth scope', 'asked for was the scope "https://www.googleapis.example/auth/drive"'],
    },
    {
      title: 'no scope',
      answer: refusal(400, 'invalid_scope', 'Empty or missing scope not allowed.'),
      says: ['missing scope'],
    },
    {
      title: 'not delegated',
      answer: refusal(
        401,
        'unauthorized_client',
        'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
      ),
      says: ['not authorized for any of the scopes'],
    },
    {
      title: 'domain policy',
      answer: refusal(400, 'access_denied', 'Requested client not authorized.'),
      says: ['not authorized'],
    },
    {
      title: 'policy of an organization',
      answer: refusal(400, 'admin_policy_enforced'),
      says: ['a policy of the organization forbids it'],
    },
    {
      title: 'disabled account',
      answer: refusal(400, 'invalid_grant', 'Invalid grant: account disabled'),
      says: ['account disabled'],
    },
    {
      title: 'user unknown',
      answer: refusal(400, 'invalid_grant', 'Invalid email or User ID'),
      says: ['Invalid email or User ID'],
    },
    {
      title: 'no description',
      answer: refusal(400, 'invalid_grant', 'Bad Request'),
      says: ['iss "', 'aud "', 'check the key'],
    },
    {
      title: 'an API as endpoint',
      answer: {
        status: 401,
        body: {
          error: { code: 401, message: 'Request had invalid authentication credentials.', status: 'UNAUTHENTICATED' },
        },
      },
      says: ['invalid authentication credentials', 'error 401'],
    },
    { title: 'wrong path', answer: page(404, 'Error 404 (Not Found)!!1'), says: ['is "token_endpoint" right?'] },
    {
      title: 'quota',
      answer: {
        status: 429,
        body: { error: { code: 429, message: 'Quota exceeded for quota metric', status: 'RESOURCE_EXHAUSTED' } },
      },
      says: ['Quota exceeded'],
    },
    { title: 'internal', answer: refusal(500, 'internal_failure', 'Internal failure.'), says: ['the server failed'] },
  ],
};
