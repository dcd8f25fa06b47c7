/** `oidc-provider`, real. */
import { generateKeyPairSync } from 'node:crypto';
import { keyPair, pemOf } from '../../../packages/oauth2-backend/test/definitions/signing-keys.js';
import { JWT_BEARER } from '../authorization-server.js';
import type { Group } from './provocation.js';
import { keys, ODD_SECRET, type Servers } from './servers.js';

const profile = { signature_algorithm: 'ES256', key: pemOf(keys.privateKey), ttl: '1m' };
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const person = { grant_type: 'password', username: 'ann', password: 's3cr3t-of-ann' };

function signer(given: object, oauth2: object = {}) {
  return ({ oidc }: Servers) => ({
    client_id: 'signer',
    client_secret: undefined,
    issuer: oidc.issuer,
    token_endpoint_auth_method: 'private_key_jwt',
    jwt_signing_profile: { headers: { kid: 'the-key' }, ...profile, ...given },
    ...oauth2,
  });
}

function bearer(given: object) {
  return ({ oidc }: Servers) => ({
    grant_type: JWT_BEARER,
    jwt_signing_profile: {
      headers: { kid: 'the-key' },
      claims: { iss: 'shop', sub: 'ann', aud: oidc.issuer },
      ...profile,
      ...given,
    },
  });
}

function exchange(token: string, more: object = {}): object {
  return {
    grant_type: EXCHANGE,
    subject_token: () => token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    ...more,
  };
}

const at = (path: string) => (servers: Servers) => ({ token_endpoint: servers.oidc.issuer + path });

export const oidcProvider: Group = {
  working: ({ oidc }) => ({
    grant_type: 'client_credentials',
    token_endpoint: oidc.tokenEndpoint,
    client_id: 'shop',
    client_secret: 's3cr3t-of-the-shop',
    scope: 'invoices:read',
  }),
  provocations: [
    { title: 'wrong client id', oauth2: { client_id: 'shopp' }, says: ['client "shopp"', 'client_id'] },
    { title: 'wrong secret', oauth2: { client_secret: 's3cr3t-wrong' }, says: ['check client_id and client_secret'] },
    {
      title: 'secret of another client',
      oauth2: { client_id: 'odd' },
      says: ['client "odd"', 'client_secret'],
    },
    {
      title: 'secret with odd characters, written raw',
      oauth2: { client_id: 'odd', client_secret: ODD_SECRET, basic_encoding: 'raw' },
      says: ['"basic_encoding": "form"', 'client_secret_post'],
    },
    {
      title: 'secret with a line feed at its end',
      oauth2: { client_secret: 's3cr3t-of-the-shop\n' },
      says: [/client_secret/],
    },
    {
      title: 'a secret for a key',
      oauth2: { client_id: 'signer' },
      says: ['client_secret_basic', 'token_endpoint_auth_method'],
    },
    {
      title: 'a key for a secret',
      oauth2: signer({}, { client_id: 'shop' }),
      says: [/private_key_jwt|token_endpoint_auth_method/],
    },
    {
      title: 'a key for an HMAC',
      oauth2: signer({}, { client_id: 'hmac' }),
      says: ['alg ES256', /private_key_jwt|token_endpoint_auth_method/],
    },
    {
      title: 'wrong secret for an HMAC',
      oauth2: {
        client_id: 'hmac',
        client_secret: 's3cr3t-that-is-wrong-and-long-enough-too',
        token_endpoint_auth_method: 'client_secret_jwt',
        jwt_signing_profile: { signature_algorithm: 'HS256', ttl: '1m' },
      },
      says: ['alg HS256', 'client_secret'],
    },
    {
      title: 'no proof at all',
      oauth2: { ...person, client_secret: undefined, token_endpoint_auth_method: 'none' },
      says: ['no proof of the client was sent', 'client_secret'],
    },
    {
      title: 'unknown kid',
      oauth2: signer({ headers: { kid: 'old' } }),
      says: ['kid "old"', 'check the key registered for that kid'],
    },
    {
      title: 'wrong aud',
      oauth2: signer({ claims: { aud: 'https://wrong.example' } }),
      says: ['aud "https://wrong.example"'],
    },
    { title: 'wrong sub', oauth2: signer({ claims: { sub: 'nobody' } }), says: [/sub/] },
    {
      title: 'another key',
      oauth2: signer({ key: pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey) }),
      says: ['kid "the-key"', 'check the key registered for that kid'],
    },
    {
      title: 'wrong alg',
      oauth2: signer({ signature_algorithm: 'ES384', key: pemOf(keyPair('ES384').privateKey) }),
      says: ['alg ES384'],
    },
    {
      title: 'an assertion that has ended',
      oauth2: signer({ claims: { exp: 1_000_000_000 } }),
      says: [/exp|ended|expired/],
    },
    {
      title: 'a resource that is no URI',
      oauth2: { params: { resource: 'invoices' } },
      says: ['resource "invoices"'],
    },
    {
      title: 'a grant that the client may not use',
      oauth2: { client_id: 'person' },
      says: ['grant type is not allowed for this client'],
    },
    { title: 'wrong user', oauth2: { ...person, username: 'anne' }, says: ['username and password'] },
    { title: 'wrong password', oauth2: { ...person, password: 's3cr3t-wrong' }, says: ['username and password'] },
    { title: 'DPoP wanted', oauth2: { client_id: 'bound' }, says: ['DPoP'] },
    {
      title: 'assertion grant: unknown kid',
      oauth2: bearer({ headers: { kid: 'old' } }),
      says: ['kid "old"', 'check the key'],
    },
    {
      title: 'assertion grant: wrong aud',
      oauth2: bearer({ claims: { iss: 'shop', sub: 'ann', aud: 'https://wrong.example' } }),
      says: ['aud "https://wrong.example"'],
    },
    {
      title: 'assertion grant: wrong iss',
      oauth2: (servers: Servers) => bearer({ claims: { iss: 'shopp', sub: 'ann', aud: servers.oidc.issuer } })(servers),
      says: ['iss "shopp"'],
    },
    {
      title: 'assertion grant: no sub',
      oauth2: (servers: Servers) => bearer({ claims: { iss: 'shop', aud: servers.oidc.issuer } })(servers),
      says: [/sub/],
    },
    {
      title: 'assertion grant: an assertion that is none',
      oauth2: { grant_type: JWT_BEARER, assertion: 's3cr3t-no-jwt' },
      says: ['assertion'],
    },
    {
      title: 'exchange: an ended subject token',
      oauth2: exchange('s3cr3t-old'),
      says: ['subject token may have ended'],
    },
    {
      title: 'exchange: wrong type of subject token',
      oauth2: exchange('s3cr3t-good-subject', { subject_token_type: 'urn:example:type' }),
      says: [/subject_token_type|subject token/],
    },
    {
      title: 'metadata as endpoint',
      oauth2: at('/.well-known/openid-configuration'),
      says: ['is "token_endpoint" right?', '.well-known/openid-configuration'],
    },
    { title: 'the issuer as endpoint', oauth2: at('/'), says: ['is "token_endpoint" right?'] },
    { title: 'the authorization endpoint', oauth2: at('/auth'), says: [/token_endpoint/] },
    { title: 'wrong path', oauth2: at('/oauth2/token'), says: ['is "token_endpoint" right?', '/oauth2/token'] },
  ],
};
