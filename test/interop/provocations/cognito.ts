/** Amazon Cognito, scripted: docs.aws.amazon.com/cognito (The token issuer endpoint): errors have no description. */
import { type Group, page, refusal } from './provocation.js';

export const cognito: Group = {
  working: ({ scripted }) => ({
    grant_type: 'client_credentials',
    token_endpoint: `${scripted.origin}/oauth2/token`,
    client_id: 'shop',
    client_secret: 's3cr3t-of-the-shop',
    scope: 'billing/read',
  }),
  provocations: [
    {
      title: 'wrong client id',
      answer: refusal(400, 'invalid_client'),
      says: ['client "shop"', 'check client_id and client_secret'],
    },
    { title: 'wrong secret', answer: refusal(400, 'invalid_client', 'invalid_client_secret'), says: ['client_secret'] },
    {
      title: 'a secret with odd characters',
      oauth2: { client_secret: 's3cr3t+/=%' },
      answer: refusal(400, 'invalid_client'),
      says: ['"basic_encoding": "raw"'],
    },
    { title: 'unknown scope', answer: refusal(400, 'invalid_scope'), says: ['scope "billing/read"'] },
    {
      title: 'no scope',
      oauth2: { scope: undefined },
      answer: refusal(400, 'invalid_scope'),
      says: ['no "scope" was asked for'],
    },
    {
      title: 'client without a secret',
      answer: refusal(400, 'unauthorized_client'),
      says: ['is the client registered for grant_type "client_credentials"?'],
    },
    {
      title: 'grant off',
      answer: refusal(400, 'invalid_grant'),
      says: [/grant/, /client_credentials|registered|allowed/],
    },
    {
      title: 'unknown grant',
      oauth2: { grant_type: 'password', username: 'ann', password: 's3cr3t-a' },
      answer: refusal(400, 'unsupported_grant_type'),
      says: ['sent was grant_type "password"'],
    },
    {
      title: 'both proofs',
      oauth2: { params: { client_id: 'shop' } },
      answer: refusal(400, 'invalid_request'),
      says: [/client_id/],
    },
    {
      title: 'malformed',
      answer: refusal(400, 'invalid_request'),
      says: ['sent were the parameters grant_type, scope', 'Authorization'],
    },
    { title: 'wrong path', answer: refusal(405, 'method_not_allowed'), says: ['is "token_endpoint" right?'] },
    {
      title: 'wrong domain',
      answer: page(400, 'Login pages unavailable'),
      says: ['Login pages unavailable', /token_endpoint/],
    },
    { title: 'too many', answer: { status: 429, body: { message: 'Rate exceeded' } }, says: ['Rate exceeded'] },
    {
      title: 'gateway',
      answer: { status: 403, body: { message: 'Missing Authentication Token' } },
      says: ['Missing Authentication Token', /token_endpoint/],
    },
    {
      title: 'WAF',
      answer: { status: 403, body: { message: 'Forbidden' } },
      says: ['Forbidden', 'client_id', 'a firewall stands before the server'],
    },
  ],
};
