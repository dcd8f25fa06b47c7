/** All attributes at once: as JSON, frozen, each read once, and no secret in any message. */

import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { backendAttributes } from '../../src/definitions/attributes/backend.js';
import { oauth2Attributes } from '../../src/definitions/attributes/oauth2.js';
import { stepUpAttributes } from '../../src/definitions/attributes/refusals.js';
import { signingAttributes } from '../../src/definitions/attributes/signing.js';
import { tlsAttributes } from '../../src/definitions/attributes/tls.js';
import type { BackendDefinitions } from '../../src/definitions/definition.js';
import { resolveDefinitions } from '../../src/definitions/resolve/definitions.js';
import { ConfigurationError } from '../../src/errors.js';
import { countingReads } from './counting-reads.js';
import { outcomeOf } from './outcome.js';
import { unfrozen } from './unfrozen.js';

const CANARY = 'canary-7f3a';
const folder = mkdtempSync(join(tmpdir(), 'all-attributes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const { ca, client } = certificateAuthority();
const { cert, key } = client('shop');
const encrypted = (pem: string) =>
  createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: CANARY }).toString();
const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const profile = {
  signature_algorithm: 'EdDSA' as const,
  key: { ...jwk },
  ttl: '1m',
  claims: { aud: ['https://as.example.com'], extra: { list: [1, null] } },
  headers: { kid: 'k1', typ: 'JWT' },
};
const connection = {
  hostname: 'internal.example.com',
  connect_timeout: '1s',
  ttfb_timeout: '2s',
  timeout: '3s',
  proxy: `http://user:${CANARY}@proxy.example.com:3128`,
  tls: { server_ca_certificate: ca, client_certificate: cert, client_private_key_file: written('key', key) },
  http2: true,
  max_connections: 10,
  max_response_header_size: 32_768,
  disable_connection_reuse: true,
  disable_certificate_validation: false,
  remove_request_headers: ['a'],
  set_request_headers: { b: 'c' },
  add_request_headers: { d: ['e', 'f'] },
  remove_query_params: ['a'],
  set_query_params: { b: 'c' },
  add_query_params: { d: ['e', 'f'] },
  abort_on_disconnect: true,
};
const common = {
  token_endpoint: '/token',
  scope: 'read',
  retries: 2,
  refused_statuses: [401, 403],
  bearer_token_types: ['BearerToken'],
  step_up: { scopes: ['write'], claims: true },
  backend: { origin: 'https://as.example.com', path_prefix: '/tenant', allow_http: false, ...connection },
  params: { resource: ['https://a', 'https://b'] },
  issuer: 'https://as.example.com',
  default_ttl: '1m',
  renew_before: '10%',
  basic_encoding: 'raw',
  allow_http: false,
} as const;
const users = { username: 'u', password: CANARY };
const definitions = {
  machine: {
    origin: 'https://a',
    token_header: 'x-token',
    token_prefix: 'Token ',
    oauth2: { grant_type: 'client_credentials', client_id: 'shop', client_secret: CANARY, ...common },
  },
  user: {
    origin: 'https://a',
    path_prefix: '/v1',
    allow_http: false,
    ...connection,
    oauth2: {
      grant_type: 'password',
      token_endpoint_auth_method: 'client_secret_jwt',
      client_id: 'shop',
      client_secret_file: written('secret', 's'.repeat(64)),
      ...users,
      ...common,
      jwt_signing_profile: { signature_algorithm: 'HS512', ttl: '1m' },
    },
  },
  signed: {
    origin: 'https://a',
    oauth2: {
      grant_type: 'password',
      token_endpoint_auth_method: 'private_key_jwt',
      client_id: 'shop',
      username: 'u',
      password_file: written('password', 'p'),
      ...common,
      jwt_signing_profile: profile,
    },
  },
  bearer: {
    origin: 'https://a',
    oauth2: {
      grant_type: JWT_BEARER,
      assertion: 'a.b.c',
      client_id: 'shop',
      token_endpoint_auth_method: 'none',
      ...common,
    },
  },
  opened: {
    origin: 'https://a',
    oauth2: {
      grant_type: JWT_BEARER,
      ...common,
      jwt_signing_profile: {
        signature_algorithm: 'RS256',
        key: encrypted(key),
        key_passphrase_file: written('passphrase', CANARY),
        ttl: '1m',
      },
    },
  },
  file: {
    origin: 'https://a',
    oauth2: { grant_type: JWT_BEARER, assertion_file: written('assertion', 'a'), ...common },
  },
  made: {
    origin: 'https://a',
    oauth2: {
      grant_type: JWT_BEARER,
      ...common,
      jwt_signing_profile: {
        signature_algorithm: 'RS256',
        key_file: written('rsa', encrypted(key)),
        key_passphrase: CANARY,
        certificate_file: written('certificate', cert),
        ttl: '1m',
      },
    },
  },
  exchange: {
    origin: 'https://a',
    forward_headers: ['X-Request-Id'],
    oauth2: {
      grant_type: TOKEN_EXCHANGE,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      require_verified_subject: false,
      actor_token: CANARY,
      actor_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      ...common,
    },
  },
  actor: {
    origin: 'https://a',
    oauth2: {
      grant_type: TOKEN_EXCHANGE,
      actor_token_file: written('actor', 'a'),
      actor_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      ...common,
    },
  },
  basic: { origin: 'https://a', basic_auth: `u:${CANARY}` },
} as const satisfies BackendDefinitions;

describe('resolveDefinitions(all attributes)', () => {
  it('takes JSON for everything that is no function', () => {
    const { resolved, problems } = outcomeOf(JSON.parse(JSON.stringify(definitions)));
    expect(problems).toEqual([]);
    expect(resolved?.backends.map(({ name }) => name)).toEqual(Object.keys(definitions));
    expect(resolved).toEqual(outcomeOf(definitions).resolved);
  });

  it('has them all in this test, those apart that are functions', () => {
    const used = new Set<string>();
    JSON.stringify(definitions, (name, value: unknown) => {
      used.add(name);
      return value;
    });
    const known = [backendAttributes, oauth2Attributes, signingAttributes, stepUpAttributes, tlsAttributes].flatMap(
      Object.keys,
    );
    const files = ['server_ca_certificate_file', 'client_certificate_file', 'client_private_key'];
    expect(known.filter((name) => !used.has(name))).toEqual(['subject_token', 'subject', ...files]);
  });

  it('freezes the result deeply and leaves the definitions alone', () => {
    const given = structuredClone(definitions);
    const { resolved } = outcomeOf(given);
    expect(unfrozen(resolved)).toEqual([]);
    expect(given).toEqual(definitions);
    expect(Object.isFrozen(given.signed.oauth2.jwt_signing_profile.claims.extra)).toBe(false);
  });

  it('reads each member once', () => {
    const reads = new Map<string, number>();
    expect(outcomeOf(countingReads(definitions, reads)).problems).toEqual([]);
    expect(reads.get('.signed.oauth2.jwt_signing_profile.claims.extra.list.1')).toBe(1);
    expect([...reads].filter(([, count]) => count > 1)).toEqual([]);
  });

  it('never shows a value, whatever is wrong with it', () => {
    const text = (name: string) => written(name, `${CANARY}\n${CANARY}`);
    const wrong = {
      hostname: `${CANARY}:1`,
      basic_auth: CANARY,
      proxy: `http://user:${CANARY}@proxy/${CANARY}`,
      tls: {
        server_ca_certificate: CANARY,
        client_certificate_file: text('cert'),
        client_private_key: `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`,
      },
      http2: CANARY,
      max_connections: CANARY,
      max_response_header_size: CANARY,
      set_query_params: { a: [CANARY, 1] },
    };
    const { machine, user, signed, file } = definitions;
    const signing = { ...profile, key: CANARY, claims: { iss: CANARY, a: 1n }, headers: { alg: CANARY } };
    const error = refusal(
      {
        a: { ...machine, ...wrong },
        b: { ...machine, oauth2: { ...machine.oauth2, client_secret: undefined, client_secret_file: text('s') } },
        c: { ...user, oauth2: { ...user.oauth2, password: `${CANARY}\n`, client_secret_file: CANARY } },
        d: { ...signed, oauth2: { ...signed.oauth2, jwt_signing_profile: signing } },
        e: { ...signed, oauth2: { ...signed.oauth2, jwt_signing_profile: { ...profile, key: { kty: CANARY } } } },
        f: { ...file, oauth2: { ...file.oauth2, issuer: `https://as?${CANARY}`, assertion: `${CANARY}\n` } },
        g: { ...file, oauth2: { ...file.oauth2, assertion_file: `/nowhere/${CANARY}` } },
        h: { origin: 'https://h' },
      },
      { https_proxy: `socks://user:${CANARY}@proxy` },
    );
    expect(error.problems.length).toBeGreaterThan(20);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(CANARY);
    expect(outcomeOf(definitions).resolved?.warnings.join()).not.toContain(CANARY);
  });
});

function refusal(given: unknown, environment: Record<string, string>): ConfigurationError {
  try {
    resolveDefinitions(given, [], environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('accepted');
}
