import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, SignJWT } from 'jose';
import { type BackendsOptions, createBackends, type OAuth2Definition } from 'oauth2-backend';
import { type CertificateAuthority, type Certified, certificateAuthority } from 'test-servers/certificates';
import type { SignatureAlgorithm } from '../../packages/oauth2-backend/src/definitions/signing-key.js';
import {
  ASYMMETRIC_ALGORITHMS,
  HMAC_ALGORITHMS,
  HMAC_SECRET,
  jwkOf,
  keyPair,
  pemOf,
} from '../../packages/oauth2-backend/test/definitions/signing-keys.js';
import { type AuthorizationServer, authorizationServer, DEFAULT_RESOURCE, JWT_BEARER } from './authorization-server.js';
import { type ResourceServer, resourceServer } from './resource-server.js';

const SPECIAL = 'a:b+c%d&e=f~g-h i';
const NON_ASCII = `${SPECIAL}ä€`;
const ISSUER_OF_ASSERTIONS = 'https://sts.example';
const signer = keyPair('ES384');
const ignore = () => undefined;
/** Does not print that the password grant is a deprecated one. */
const options: BackendsOptions = { logger: { debug: ignore, info: ignore, warn: ignore, error: ignore } };

const clients = [
  { client_id: 'basic', client_secret: 's', token_endpoint_auth_method: 'client_secret_basic' },
  { client_id: SPECIAL, client_secret: SPECIAL, token_endpoint_auth_method: 'client_secret_basic' },
  { client_id: `post ${SPECIAL}`, client_secret: SPECIAL, token_endpoint_auth_method: 'client_secret_post' },
  { client_id: 'public', token_endpoint_auth_method: 'none', grant_types: ['password', 'refresh_token', JWT_BEARER] },
  {
    client_id: 'certified',
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: 'CN=certified',
    grant_types: ['password', 'refresh_token', JWT_BEARER],
  },
  {
    client_id: 'bound',
    client_secret: 's',
    token_endpoint_auth_method: 'client_secret_basic',
    tls_client_certificate_bound_access_tokens: true,
  },
  ...HMAC_ALGORITHMS.map((algorithm) => ({
    client_id: algorithm,
    client_secret: HMAC_SECRET,
    token_endpoint_auth_method: 'client_secret_jwt',
    token_endpoint_auth_signing_alg: algorithm,
  })),
  ...ASYMMETRIC_ALGORITHMS.map((algorithm) => ({
    client_id: algorithm,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: algorithm,
    jwks: { keys: [jwkOf(keyPair(algorithm).publicKey, { alg: algorithm })] },
  })),
];
const users = { [NON_ASCII]: NON_ASCII };

let authority: CertificateAuthority;
let certified: Certified;
let authorization: AuthorizationServer;
let api: ResourceServer;

describe.each(['http', 'https'])('oidc-provider over %s', (scheme) => {
  beforeAll(async () => {
    authority = certificateAuthority();
    certified = authority.client('certified');
    const keys = createLocalJWKSet({ keys: [jwkOf(signer.publicKey, { alg: 'ES384' })] });
    authorization = await authorizationServer({
      clients,
      users,
      assertions: { issuer: ISSUER_OF_ASSERTIONS, key: keys },
      ...(scheme === 'https' && { tls: { ...authority.server(), ca: authority.ca } }),
    });
    api = await resourceServer({
      trusts: authorization,
      audience: DEFAULT_RESOURCE,
      ...(scheme === 'https' && { tls: { ...certified, ca: authority.ca } }),
    });
  });
  afterAll(async () => {
    await api.close();
    await authorization.close();
  });

  /** The claims that the resource server has verified, for each of so many tokens in a row. */
  async function claimsBy(oauth2: Omit<OAuth2Definition, 'token_endpoint'>, count = 1, origin = api.origin) {
    const tls = {
      server_ca_certificate: authority.ca,
      client_certificate: certified.cert,
      client_private_key: certified.key,
    };
    let skipped = 0;
    const clock = { now: () => Date.now(), monotonic: () => performance.now() + skipped };
    const backends = createBackends(
      {
        api: {
          origin,
          oauth2: {
            ...oauth2,
            token_endpoint: authorization.tokenEndpoint,
            ...(scheme === 'https' && { backend: { tls } }),
          },
        },
      },
      { ...options, clock },
    );
    const seen: Record<string, unknown>[] = [];
    for (let round = 0; round < count; round++) {
      const response = await backends.get('api').fetch('/claims');
      expect([response.status, authorization.refusals.at(-1)]).toEqual([200, undefined]);
      seen.push((await response.json()) as Record<string, unknown>);
      skipped += 400_000;
    }
    expect(backends.status()[0]?.counts).toMatchObject({ tokenRequests: count, failures: 0 });
    await backends.close();
    return seen;
  }

  const byClient = { grant_type: 'client_credentials', scope: 'invoices:read' } as const;
  const byKey = (algorithm: SignatureAlgorithm, key: string | Record<string, unknown>) =>
    ({
      client_id: algorithm,
      token_endpoint_auth_method: 'private_key_jwt',
      jwt_signing_profile: { signature_algorithm: algorithm, key, ttl: '1m' },
    }) as const;

  it.each([
    ['client_secret_basic', SPECIAL],
    ['client_secret_post', `post ${SPECIAL}`],
  ] as const)('%s with characters that need escaping', async (token_endpoint_auth_method, client_id) => {
    const [claims] = await claimsBy({ ...byClient, client_id, client_secret: SPECIAL, token_endpoint_auth_method });
    expect(claims).toMatchObject({ client_id, scope: 'invoices:read', aud: DEFAULT_RESOURCE });
  });

  it.each(HMAC_ALGORITHMS)('client_secret_jwt with %s, a new assertion each time', async (algorithm) => {
    const seen = await claimsBy(
      {
        ...byClient,
        client_id: algorithm,
        client_secret: HMAC_SECRET,
        token_endpoint_auth_method: 'client_secret_jwt',
        jwt_signing_profile: { signature_algorithm: algorithm, ttl: '1m' },
      },
      2,
    );
    expect(seen).toMatchObject([{ client_id: algorithm }, { client_id: algorithm }]);
  });

  it.each(ASYMMETRIC_ALGORITHMS)('private_key_jwt with %s, PEM and JWK', async (algorithm) => {
    const { privateKey } = keyPair(algorithm);
    for (const key of [pemOf(privateKey), jwkOf(privateKey)]) {
      const seen = await claimsBy({ ...byClient, ...byKey(algorithm, key) }, 2);
      expect(seen).toMatchObject([{ client_id: algorithm }, { client_id: algorithm }]);
    }
  });

  it.each([{ issuer: true }, { issuer: false }])(
    'private_key_jwt for the audience: %j (RFC 10070)',
    async ({ issuer }) => {
      const key = byKey('ES256', pemOf(keyPair('ES256').privateKey));
      await claimsBy({ ...byClient, ...key, ...(issuer && { issuer: authorization.issuer }) });
    },
  );

  it.each<[string, Partial<OAuth2Definition>]>([
    ['client_secret_basic', { client_id: 'basic', client_secret: 's' }],
    ['private_key_jwt', byKey('PS256', pemOf(keyPair('PS256').privateKey))],
    ['none', { client_id: 'public', token_endpoint_auth_method: 'none' }],
  ])('password and then refresh_token, %s (RFC 6749 App. B, §6)', async (_, client) => {
    const seen = await claimsBy(
      { ...client, grant_type: 'password', username: NON_ASCII, password: NON_ASCII, scope: 'invoices:read' },
      3,
    );
    expect(seen).toMatchObject(Array.from({ length: 3 }, () => ({ sub: NON_ASCII, scope: 'invoices:read' })));
    expect(new Set(seen.map(({ jti }) => jti)).size).toBe(3);
    expect(authorization.grants.slice(-3)).toEqual(['password', 'refresh_token', 'refresh_token']);
  });

  it('jwt-bearer with an assertion from the profile (RFC 7523 §2.1)', async () => {
    const profile = {
      signature_algorithm: 'ES384',
      key: pemOf(signer.privateKey),
      ttl: '1m',
      claims: { iss: ISSUER_OF_ASSERTIONS, sub: 'ann', aud: authorization.issuer },
    } as const;
    const seen = await claimsBy(
      { grant_type: JWT_BEARER, client_id: 'basic', client_secret: 's', jwt_signing_profile: profile },
      2,
    );
    expect(seen).toMatchObject([{ sub: 'ann' }, { sub: 'ann' }]);
  });

  it('jwt-bearer with an assertion from a function, the client authenticated by a key', async () => {
    const assertion = () =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES384' })
        .setIssuer(ISSUER_OF_ASSERTIONS)
        .setSubject('bob')
        .setAudience(authorization.issuer)
        .setExpirationTime('1m')
        .sign(signer.privateKey);
    const key = byKey('Ed25519', pemOf(keyPair('Ed25519').privateKey));
    expect(await claimsBy({ ...key, grant_type: JWT_BEARER, assertion })).toMatchObject([{ sub: 'bob' }]);
  });

  it('resource indicators through params (RFC 8707 §2)', async () => {
    const resource = 'https://other.example/api?x=ä';
    const other = await resourceServer({
      trusts: authorization,
      audience: new URL(resource).href,
      ...(scheme === 'https' && { tls: { ...certified, ca: authority.ca } }),
    });
    const oauth2 = {
      ...byClient,
      client_id: 'basic',
      client_secret: 's',
      params: { resource: new URL(resource).href },
    };
    expect(await claimsBy(oauth2, 1, other.origin)).toMatchObject([{ aud: new URL(resource).href }]);
    await other.close();
  });

  if (scheme === 'https') {
    it('mutual TLS as client authentication, client_id in the body (RFC 8705 §2)', async () => {
      const oauth2 = { client_id: 'certified', token_endpoint_auth_method: 'none' } as const;
      const [claims] = await claimsBy({ ...oauth2, grant_type: 'password', username: NON_ASCII, password: NON_ASCII });
      expect(claims).toMatchObject({ client_id: 'certified' });
    });

    it('mutual TLS for a token that is bound to the certificate', async () => {
      const [claims] = await claimsBy({ ...byClient, client_id: 'bound', client_secret: 's' });
      expect(claims).toMatchObject({ client_id: 'bound', cnf: { 'x5t#S256': expect.any(String) } });
    });
  }
});
