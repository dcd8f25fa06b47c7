/** Definitions that are accepted, as an application writes them; the names in capitals are those of `evaluated-definitions.ts`. */

import type { DefinitionCase } from './definition-case.js';

const CLIENT = `token_endpoint: 'https://as.example.com/token', client_id: 'shop'`;
const SECRET = `${CLIENT}, client_secret: 'secret'`;
const CREDENTIALS = `grant_type: 'client_credentials', ${SECRET}`;
const PASSWORD = `grant_type: 'password', ${SECRET}, username: 'u', password: 'p'`;
const BEARER = `grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', token_endpoint: 'https://as.example.com/token'`;
const EXCHANGE = `grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', token_endpoint: 'https://as.example.com/token'`;
const KEY = `signature_algorithm: 'RS256', key_file: KEY_FILE, ttl: '1m'`;

const row = (name: string, text: string): DefinitionCase => ({ name, text });
const backend = (text: string) => `{ a: { origin: 'https://api.example.com', ${text} } }`;
const oauth2 = (text: string) => backend(`oauth2: { ${text} }`);

export const rightDefinitions: readonly DefinitionCase[] = [
  row('no backends', '{}'),
  row('a JSON file', `JSON_FILE`),
  row('a schema for editors', `{ $schema: './schema.json', a: { origin: 'https://a' } }`),
  row('an origin', `{ a: { origin: 'https://a' } }`),
  row(
    'several',
    `{ a: { origin: 'https://a' }, 'b-c': { origin: 'https://as.example.com' }, d_1: { origin: 'https://d', oauth2: { ${CREDENTIALS}, backend: 'b-c' } } }`,
  ),
  row(
    'each attribute of a connection',
    backend(
      `path_prefix: '/v1', hostname: 'h.example.com', basic_auth: 'u:p', connect_timeout: '1s', ttfb_timeout: '2s', timeout: '3s', proxy: 'http://p:1', http2: true, max_connections: 3, disable_connection_reuse: true, disable_certificate_validation: false, remove_request_headers: ['a'], set_request_headers: { b: 'c' }, add_request_headers: { d: ['e', 'f'] }, forward_headers: ['x-request-id'], remove_query_params: ['a'], set_query_params: { b: 'c' }, add_query_params: { d: ['e'] }, max_response_header_size: 1000, abort_on_disconnect: 'safe', allow_http: false`,
    ),
  ),
  row('abort_on_disconnect', backend(`abort_on_disconnect: true`)),
  row(
    'functions of the context',
    backend(`set_request_headers: { a: (context) => context?.request.url, b: async () => ['x'] }`),
  ),
  row('authorities', backend(`tls: { server_ca_certificate: CA }`)),
  row('a client certificate', backend(`tls: { client_certificate: CERTIFICATE, client_private_key: PRIVATE_KEY }`)),
  row(
    'another header for the token',
    backend(`token_header: 'x-token', token_prefix: '', basic_auth: 'u:p', oauth2: { ${CREDENTIALS} }`),
  ),
  row('credentials', oauth2(CREDENTIALS)),
  row(
    'credentials of the environment',
    oauth2(`grant_type: 'client_credentials', ${CLIENT}, client_secret: ENVIRONMENT`),
  ),
  row(
    'a secret that a function gives',
    oauth2(`grant_type: 'client_credentials', ${CLIENT}, client_secret: async () => 'x'`),
  ),
  row('a secret in a file', oauth2(`grant_type: 'client_credentials', ${CLIENT}, client_secret_file: FILE`)),
  row(
    'a secret or a file',
    oauth2(`grant_type: 'client_credentials', ${CLIENT}, client_secret: ENVIRONMENT, client_secret_file: ABSENT`),
  ),
  row('attributes that are undefined', oauth2(`${CREDENTIALS}, username: undefined, scope: undefined`)),
  row(
    'each attribute of oauth2',
    oauth2(
      `${CREDENTIALS}, token_endpoint_auth_method: 'client_secret_post', scope: 'a b', retries: 2, refused_statuses: [401, 403], step_up: { scopes: ['c'], claims: true }, params: { resource: ['https://a'] }, issuer: 'https://as.example.com', default_ttl: '1m', renew_before: '10%', bearer_token_types: ['x'], basic_encoding: 'raw', allow_http: false`,
    ),
  ),
  row('step_up by claims', oauth2(`${CREDENTIALS}, step_up: { claims: true }`)),
  row('a token backend', oauth2(`${CREDENTIALS}, backend: { timeout: '1s', tls: { server_ca_certificate: CA } }`)),
  row(
    'a path and a token backend',
    oauth2(
      `grant_type: 'client_credentials', token_endpoint: '/token', client_id: 'shop', client_secret: 'x', backend: { origin: 'https://as.example.com' }`,
    ),
  ),
  row(
    'a path below a named backend',
    `{ as: { origin: 'https://as.example.com' }, a: { origin: 'https://a', oauth2: { grant_type: 'client_credentials', token_endpoint: '/token', client_id: 'shop', client_secret: 'x', backend: 'as' } } }`,
  ),
  row(
    'a token backend with a token of its own',
    oauth2(`${CREDENTIALS}, token_endpoint_auth_method: 'client_secret_post', backend: { oauth2: { ${CREDENTIALS} } }`),
  ),
  row(
    'client_secret_jwt',
    oauth2(
      `${CREDENTIALS}, token_endpoint_auth_method: 'client_secret_jwt', jwt_signing_profile: { signature_algorithm: 'HS256', ttl: '1m', claims: { aud: 'x' }, headers: { kid: 'k' } }`,
    ),
  ),
  row(
    'private_key_jwt',
    oauth2(
      `grant_type: 'client_credentials', ${CLIENT}, token_endpoint_auth_method: 'private_key_jwt', jwt_signing_profile: { ${KEY} }`,
    ),
  ),
  row(
    'private_key_jwt with functions',
    oauth2(
      `grant_type: 'client_credentials', ${CLIENT}, token_endpoint_auth_method: 'private_key_jwt', jwt_signing_profile: { ${KEY}, claims: () => ({ a: 1 }), headers: async () => ({ b: 2 }) }`,
    ),
  ),
  row('a user', oauth2(PASSWORD)),
  row(
    'a user with files',
    oauth2(`grant_type: 'password', ${CLIENT}, client_secret_file: FILE, username: ENVIRONMENT, password_file: FILE`),
  ),
  row(
    'a user of a public client',
    oauth2(`grant_type: 'password', ${CLIENT}, token_endpoint_auth_method: 'none', username: 'u', password: () => 'p'`),
  ),
  row(
    'a user and private_key_jwt',
    oauth2(
      `grant_type: 'password', ${CLIENT}, token_endpoint_auth_method: 'private_key_jwt', username: 'u', password: 'p', jwt_signing_profile: { ${KEY} }`,
    ),
  ),
  row('an assertion', oauth2(`${BEARER}, assertion: 'a.b.c'`)),
  row('an assertion in a file', oauth2(`${BEARER}, assertion_file: FILE`)),
  row(
    'an assertion of the context',
    oauth2(
      `${BEARER}, assertion: (context) => context?.inbound.assertion, subject: (context) => String(context?.inbound.id)`,
    ),
  ),
  row(
    'an assertion that is made',
    oauth2(
      `${BEARER}, jwt_signing_profile: { signature_algorithm: 'HS256', key: ENVIRONMENT, ttl: '1m', claims: { iss: 'x' } }`,
    ),
  ),
  row(
    'an assertion that is made of the context',
    oauth2(
      `${BEARER}, subject: () => 'x', jwt_signing_profile: { ${KEY}, claims: (context) => ({ sub: context?.inbound.id }) }`,
    ),
  ),
  row('an assertion and a client', oauth2(`${BEARER}, ${SECRET.replace(/.*?, /, '')}, assertion: 'a.b.c'`)),
  row(
    'an assertion and a signed client',
    oauth2(
      `${BEARER}, client_id: 'shop', token_endpoint_auth_method: 'private_key_jwt', assertion: 'a.b.c', jwt_signing_profile: { ${KEY} }`,
    ),
  ),
  row('an exchange', oauth2(EXCHANGE)),
  row(
    'an exchange of a client',
    oauth2(`${EXCHANGE}, client_id: 'shop', client_secret: 'x', params: { audience: 'x' }`),
  ),
  row(
    'an exchange with all',
    oauth2(
      `${EXCHANGE}, subject_token: (context) => context?.inbound.auth, subject_token_type: 'urn:x:y', require_verified_subject: true, actor_token: async () => 'a', actor_token_type: 'urn:x:z', requested_token_type: 'urn:ietf:params:oauth:token-type:jwt', subject: () => 'x'`,
    ),
  ),
  row('an actor in a file', oauth2(`${EXCHANGE}, actor_token_file: FILE, actor_token_type: 'urn:x:z'`)),
  row(
    'a token source',
    backend(
      `oauth2: { token: async (query) => ({ value: query?.refused ?? 'x', type: 'Bearer', expiresAt: 1, issuedAt: 0 }) }`,
    ),
  ),
  row('one of two', backend(`oauth2: DEV ? { ${CREDENTIALS} } : { ${PASSWORD} }`)),
  row('one of two, or none', backend(`oauth2: DEV ? undefined : { ${CREDENTIALS} }`)),
  row('one of two backends', `{ a: DEV ? { origin: 'http://localhost:1' } : { origin: 'https://a', timeout: '1s' } }`),
  row(
    'one of two blocks',
    `{ as: { origin: 'https://as.example.com' }, a: { origin: 'https://a', oauth2: { ${CREDENTIALS}, backend: DEV ? 'as' : { timeout: '1s' }, step_up: DEV ? { claims: true } : { scopes: ['x'] } } } }`,
  ),
  row(
    'variables of our types',
    `{ a: BACKEND, b: { origin: 'https://b', oauth2: OAUTH2 }, c: { origin: 'https://c', oauth2: { grant_type: 'client_credentials', ${CLIENT}, token_endpoint_auth_method: 'private_key_jwt', jwt_signing_profile: PROFILE } } }`,
  ),
  row('spread', `{ a: { ...{ origin: 'https://a' }, ...(DEV ? { timeout: '1s' } : {}) } }`),
  row(
    'wide strings',
    oauth2(
      `grant_type: String('password'), ${SECRET}, token_endpoint_auth_method: String('client_secret_post'), username: 'u', password: 'p'`,
    ),
  ),
  row(
    'a variable as const',
    `(() => { const definitions = { a: { origin: 'https://a', oauth2: { ${CREDENTIALS} } } } as const; return definitions; })()`,
  ),
  row('what is not known', `JSON.parse('{ "a": { "origin": "https://a" } }')`),
];
