/** `@node-oauth/oauth2-server` and `@jmondi/oauth2-server`, real. */
import { JWT_BEARER } from '../authorization-server.js';
import type { Group, Provocation } from './provocation.js';
import { ODD_SECRET, type Servers } from './servers.js';

const person = { grant_type: 'password', username: 'ann', password: 's3cr3t-of-ann' };
const shop = { client_id: 'shop', client_secret: 's3cr3t-of-the-shop' };
const post = { token_endpoint_auth_method: 'client_secret_post' };

const paths = (endpointOf: (servers: Servers) => string): Provocation[] =>
  ['/tokens', '/', '/.well-known/oauth-authorization-server'].map((path) => ({
    title: `wrong path ${path}`,
    oauth2: (servers: Servers) => ({ token_endpoint: new URL(path, endpointOf(servers)).href }),
    says: ['is "token_endpoint" right?', path],
  }));

export const nodeOAuth: Group = {
  working: ({ nodeOAuth }) => ({ grant_type: 'client_credentials', token_endpoint: nodeOAuth.tokenEndpoint, ...shop }),
  provocations: [
    {
      title: 'wrong client id',
      oauth2: { client_id: 'shopp' },
      says: ['client "shopp"', 'client_id and client_secret'],
    },
    { title: 'wrong secret', oauth2: { client_secret: 's3cr3t-wrong' }, says: ['check client_id and client_secret'] },
    {
      title: 'wrong client id, by post',
      oauth2: { client_id: 'shopp', ...post },
      says: ['client_id and client_secret'],
    },
    {
      title: 'wrong secret, by post',
      oauth2: { client_secret: 's3cr3t-wrong', ...post },
      says: ['client_id and client_secret'],
    },
    {
      title: 'secret with odd characters, form-encoded',
      oauth2: { client_id: 'odd', client_secret: ODD_SECRET },
      says: ['"basic_encoding": "raw"', 'client_secret_post'],
    },
    {
      title: 'no proof at all',
      oauth2: { ...person, client_secret: undefined, token_endpoint_auth_method: 'none' },
      says: ['client_secret'],
    },
    { title: 'wrong user', oauth2: { ...person, username: 'anne' }, says: [/user/] },
    { title: 'wrong password', oauth2: { ...person, password: 's3cr3t-wrong' }, says: [/user|password/] },
    {
      title: 'a grant that the server has not',
      oauth2: { grant_type: JWT_BEARER, assertion: 's3cr3t-assertion' },
      says: ['sent was grant_type "urn:ietf:params:oauth:grant-type:jwt-bearer"'],
    },
    { title: 'a scope with characters of none', oauth2: { scope: 'é' }, says: ['scope'] },
    { title: 'an empty user', oauth2: { ...person, username: '' }, says: ['username'] },
    {
      title: 'the resource as endpoint',
      oauth2: ({ nodeOAuth: { resource } }: Servers) => ({ token_endpoint: `${resource}/api` }),
      says: ['is "token_endpoint" right?'],
    },
    ...paths(({ nodeOAuth }) => nodeOAuth.tokenEndpoint),
  ],
};

const exchange = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token: () => 's3cr3t-good-subject',
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
};

export const jmondi: Group = {
  working: ({ jmondi }) => ({ token_endpoint: jmondi.tokenEndpoint, ...shop, ...exchange }),
  provocations: [
    { title: 'wrong secret', oauth2: { client_secret: 's3cr3t-wrong' }, says: ['check client_id and client_secret'] },
    {
      title: 'wrong secret, by post',
      oauth2: { client_secret: 's3cr3t-wrong', ...post },
      says: ['client_id and client_secret'],
    },
    {
      title: 'no proof at all',
      oauth2: { client_secret: undefined, token_endpoint_auth_method: 'none' },
      says: ['client_secret'],
    },
    {
      title: 'an ended subject token',
      oauth2: { subject_token: () => 's3cr3t-old' },
      says: [/subject|its log says why|expired/],
    },
    {
      title: 'a grant that the server has not: password',
      oauth2: { ...person, subject_token: undefined, subject_token_type: undefined },
      says: ['sent was grant_type "password"'],
    },
    {
      title: 'a grant that the server has not: jwt-bearer',
      oauth2: {
        grant_type: JWT_BEARER,
        assertion: 's3cr3t-a',
        subject_token: undefined,
        subject_token_type: undefined,
      },
      says: ['sent was grant_type "urn:ietf:params:oauth:grant-type:jwt-bearer"'],
    },
    { title: 'unknown scope', oauth2: { scope: 'everything' }, says: ['scope', 'everything'] },
    {
      title: 'a secret function that throws',
      oauth2: {
        client_secret: () => {
          throw new Error('the vault is closed');
        },
      },
      says: ['client_secret'],
    },
    ...paths(({ jmondi }) => jmondi.tokenEndpoint),
  ],
};
