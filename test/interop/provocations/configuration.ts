/** Definitions that cannot work: nothing is sent. */
import type { Group } from './provocation.js';

const grant = (type: string) => ({ grant_type: `urn:ietf:params:oauth:grant-type:${type}` });

export const configuration: Group = {
  working: ({ scripted }) => ({
    grant_type: 'client_credentials',
    token_endpoint: scripted.url,
    client_id: 'shop',
    client_secret: 's3cr3t-of-the-shop',
  }),
  provocations: [
    { title: 'no client_id', oauth2: { client_id: undefined }, says: ['billing.oauth2.client_id'] },
    { title: 'no client_secret', oauth2: { client_secret: undefined }, says: ['billing.oauth2.client_secret'] },
    { title: 'no token_endpoint', oauth2: { token_endpoint: undefined }, says: ['billing.oauth2.token_endpoint'] },
    {
      title: 'token_endpoint without a scheme',
      oauth2: { token_endpoint: 'as.example/token' },
      says: ['billing.oauth2.token_endpoint', /https?:\/\//],
    },
    {
      title: 'http to another machine',
      oauth2: { token_endpoint: 'http://as.example/token' },
      says: ['billing.oauth2.token_endpoint', 'allow_http'],
    },
    {
      title: 'user info in token_endpoint',
      oauth2: { token_endpoint: 'https://shop:s3cr3t@as.example/token' },
      says: ['billing.oauth2.token_endpoint'],
    },
    {
      title: 'no grant_type',
      oauth2: { grant_type: undefined },
      says: ['billing.oauth2.grant_type', 'client_credentials'],
    },
    {
      title: 'a grant that is none',
      oauth2: { grant_type: 'client-credentials' },
      says: ['billing.oauth2.grant_type', 'client_credentials'],
    },
    {
      title: 'the code grant',
      oauth2: { grant_type: 'authorization_code' },
      says: ['billing.oauth2.grant_type', 'client_credentials'],
    },
    { title: 'audience', oauth2: { audience: 'billing' }, says: ['billing.oauth2.audience', 'params.audience'] },
    { title: 'resource', oauth2: { resource: 'https://b.example' }, says: ['params.resource'] },
    { title: 'scopes', oauth2: { scopes: ['a'] }, says: ['use "scope"'] },
    { title: 'scope as a list', oauth2: { scope: ['a', 'b'] }, says: ['billing.oauth2.scope', /string|text|space/] },
    { title: 'clientId', oauth2: { clientId: 'shop', client_id: undefined }, says: ['client_id'] },
    { title: 'tokenUrl', oauth2: { tokenUrl: 'https://as.example/token' }, says: ['use "token_endpoint"'] },
    { title: 'retry', oauth2: { retry: 2 }, says: ['use "retries"'] },
    { title: 'timeout of the wrong block', oauth2: { timeout: '5s' }, says: ['backend.timeout'] },
    {
      title: 'a timeout without a unit',
      oauth2: { backend: { timeout: 5000 } },
      says: ['billing.oauth2.backend.timeout', /"\d+m?s"|ms/],
    },
    {
      title: 'password without a user',
      oauth2: { grant_type: 'password', password: 's3cr3t' },
      says: ['billing.oauth2.username'],
    },
    {
      title: 'a user without password grant',
      oauth2: { username: 'ann' },
      says: ['billing.oauth2.username', /grant_type|password/],
    },
    { title: 'assertion grant without one', oauth2: grant('jwt-bearer'), says: ['assertion', 'jwt_signing_profile'] },
    {
      title: 'a method that is none',
      oauth2: { token_endpoint_auth_method: 'basic' },
      says: ['token_endpoint_auth_method', 'client_secret_basic'],
    },
    {
      title: 'a key method without a profile',
      oauth2: { token_endpoint_auth_method: 'private_key_jwt', client_secret: undefined },
      says: ['jwt_signing_profile'],
    },
    {
      title: 'a key that is none',
      oauth2: {
        token_endpoint_auth_method: 'private_key_jwt',
        client_secret: undefined,
        jwt_signing_profile: { signature_algorithm: 'ES256', key: 's3cr3t-key', ttl: '1m' },
      },
      says: ['jwt_signing_profile.key', /PEM|JWK/],
    },
    {
      title: 'an algorithm that is none',
      oauth2: {
        token_endpoint_auth_method: 'private_key_jwt',
        client_secret: undefined,
        jwt_signing_profile: { signature_algorithm: 'none', key: 's3cr3t', ttl: '1m' },
      },
      says: ['signature_algorithm', 'ES256'],
    },
    {
      title: 'a secret file that is not there',
      oauth2: { client_secret: undefined, client_secret_file: '/nowhere/at/all' },
      says: ['client_secret_file', 'names a file that does not exist'],
    },
    {
      title: 'a secret and its file',
      oauth2: { client_secret_file: '/nowhere/at/all' },
      says: ['client_secret_file', /beside|both|either|one of/i],
    },
    {
      title: 'an unknown CA file',
      oauth2: { backend: { tls: { server_ca_certificate_file: '/nowhere/ca.pem' } } },
      says: ['server_ca_certificate_file', 'names a file that does not exist'],
    },
    {
      title: 'a proxy without a scheme',
      oauth2: { backend: { proxy: 'proxy.example:3128' } },
      says: ['billing.oauth2.backend.proxy', 'http://'],
    },
    { title: 'a path in origin', api: { origin: 'https://api.example/v1' }, says: ['billing.origin', 'path_prefix'] },
    { title: 'baseUrl', api: { baseUrl: 'https://api.example' }, says: ['use "origin"'] },
    { title: 'log', api: { log: console }, says: ['"logger"'] },
  ],
};
