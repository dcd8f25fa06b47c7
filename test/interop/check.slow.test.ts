/** The program against a real authorization server and a real resource server. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { check, reportOf } from '../../packages/oauth2-backend/test/check/run-check.js';
import { jwkOf, keyPair, pemOf } from '../../packages/oauth2-backend/test/definitions/signing-keys.js';
import { type AuthorizationServer, authorizationServer, DEFAULT_RESOURCE } from './authorization-server.js';
import { type ResourceServer, resourceServer } from './resource-server.js';

const { privateKey, publicKey } = keyPair('ES256');
const authority = certificateAuthority();
const clients = [
  { client_id: 'shop', client_secret: 'a secret of the shop', token_endpoint_auth_method: 'client_secret_basic' },
  {
    client_id: 'signer',
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [jwkOf(publicKey, { alg: 'ES256', kid: 'the-key' })] },
  },
];

let authorization: AuthorizationServer;
let mutual: AuthorizationServer;
let api: ResourceServer;
let elsewhere: ResourceServer;
beforeAll(async () => {
  authorization = await authorizationServer({ clients });
  mutual = await authorizationServer({ clients, tls: { ...authority.server(), ca: authority.ca } });
  api = await resourceServer({ trusts: authorization, audience: DEFAULT_RESOURCE });
  elsewhere = await resourceServer({ trusts: authorization, audience: 'https://elsewhere.example' });
});
afterAll(() => Promise.all([authorization, mutual, api, elsewhere].map((server) => server.close())));

function billing(oauth2: object = {}, origin = api.origin): object {
  const block = {
    grant_type: 'client_credentials',
    token_endpoint: authorization.tokenEndpoint,
    client_id: 'shop',
    client_secret: 'a secret of the shop',
    scope: 'invoices:read',
    ...oauth2,
  };
  return { billing: { origin, oauth2: block } };
}

function signed(profile: object): object {
  return billing({
    issuer: authorization.issuer,
    client_id: 'signer',
    client_secret: undefined,
    token_endpoint_auth_method: 'private_key_jwt',
    jwt_signing_profile: { signature_algorithm: 'ES256', key: pemOf(privateKey), ttl: '1m', ...profile },
  });
}

describe('oauth2-backend check with oidc-provider', () => {
  it('shows the claims of the token, which the API takes', async () => {
    const { code, first } = await reportOf(billing(), '--call', '/claims');
    expect(code).toBe(0);
    expect(first.steps.find(({ step }) => step === 'token')).toMatchObject({
      scope: 'invoices:read',
      jwt: { claims: { iss: authorization.issuer, aud: DEFAULT_RESOURCE, client_id: 'shop', scope: 'invoices:read' } },
    });
    expect(first.steps.at(-1)).toMatchObject({ step: 'call', ok: true, answer: { status: 200 } });
  });

  it('shows whose token it is that the API refuses', async () => {
    const { code, stdout } = await check(billing({}, elsewhere.origin), '--call', '/claims');
    expect(code).toBe(1);
    expect(stdout).toContain('the API of "billing" refuses the token: it answered 401');
    expect(stdout).toContain(`the token is for audience "${DEFAULT_RESOURCE}", issued by "${authorization.issuer}"`);
  });

  it('takes a signed assertion', async () => {
    expect(await reportOf(signed({ headers: { kid: 'the-key' } }))).toMatchObject({ code: 0 });
  });

  it.each<[string, () => object, RegExp]>([
    ['wrong secret', () => billing({ client_secret: 'another' }), /invalid_client \(401\).*client_secret/],
    [
      'wrong method',
      () => billing({ client_id: 'signer', client_secret: 'a-secret' }),
      /invalid_client \(401\).*token_endpoint_auth_method/,
    ],
    ['unknown client', () => billing({ client_id: 'shopp' }), /client "shopp": invalid_client/],
    ['unknown kid', () => signed({ headers: { kid: 'old' } }), /kid "old".*check the key registered for that kid/],
    ['wrong aud', () => signed({ claims: { aud: 'https://wrong.example' } }), /aud "https:\/\/wrong\.example"/],
    [
      'metadata as endpoint',
      () => billing({ token_endpoint: `${authorization.issuer}/.well-known/openid-configuration` }),
      /40[45].*is "token_endpoint" right\?/,
    ],
  ])('%s', async (_, definitions, reason) => {
    const { code, first } = await reportOf(definitions());
    expect([code, first.result]).toEqual([1, 'failed']);
    expect(first.reason).toMatch(reason);
  });

  it('a scope that is not granted', async () => {
    const { code, first } = await reportOf(billing({ scope: 'invoices:read everything' }));
    expect(code).toBe(0);
    expect(first.steps.at(-1)).toMatchObject({ scope: 'invoices:read', requestedScope: 'invoices:read everything' });
    expect(first.warnings).toEqual([expect.stringContaining('everything')]);
  });

  it('a client certificate that is missing', async () => {
    const backend = { tls: { server_ca_certificate: authority.ca } };
    const { code, first } = await reportOf(billing({ token_endpoint: mutual.tokenEndpoint, backend }));
    expect(code).toBe(1);
    expect(first.reason).toMatch(/certificate/i);
  });

  it('a client certificate that is there', async () => {
    const { cert, key } = authority.client('shop');
    const tls = { server_ca_certificate: authority.ca, client_certificate: cert, client_private_key: key };
    const { code, first } = await reportOf(billing({ token_endpoint: mutual.tokenEndpoint, backend: { tls } }));
    expect([first.reason, code]).toEqual([undefined, 0]);
  });
});
