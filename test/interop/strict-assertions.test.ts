/** A server that takes client assertions by RFC 10070 only. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackends, type OAuth2Definition } from 'oauth2-backend';
import { jwkOf, keyPair, pemOf } from '../../packages/oauth2-backend/test/definitions/signing-keys.js';
import { type AuthorizationServer, authorizationServer } from './authorization-server.js';

const { privateKey, publicKey } = keyPair('ES256');

let authorization: AuthorizationServer;
beforeAll(async () => {
  authorization = await authorizationServer({
    strictAssertions: true,
    clients: [
      {
        client_id: 'shop',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [jwkOf(publicKey, { alg: 'ES256' })] },
      },
    ],
  });
});
afterAll(() => authorization.close());

async function tokenBy(oauth2: Partial<OAuth2Definition>): Promise<unknown> {
  const backends = createBackends(
    {
      api: {
        origin: 'http://localhost:9',
        oauth2: {
          grant_type: 'client_credentials',
          token_endpoint: authorization.tokenEndpoint,
          token_endpoint_auth_method: 'private_key_jwt',
          client_id: 'shop',
          jwt_signing_profile: { signature_algorithm: 'ES256', key: pemOf(privateKey), ttl: '1m' },
          ...oauth2,
        },
      },
    },
    { logger: { debug() {}, info() {}, warn() {}, error() {} } },
  );
  try {
    return await backends.get('api').token();
  } finally {
    await backends.close();
  }
}

describe('an authorization server that follows RFC 10070', () => {
  it('gives a token to a client that knows its issuer', async () => {
    await expect(tokenBy({ issuer: authorization.issuer })).resolves.toMatchObject({ type: 'Bearer' });
  });

  it('refuses one that does not; the error says for whom the assertion was', async () => {
    const sent = `sent: alg ES256, typ "JWT", aud "${authorization.tokenEndpoint}", iss "shop"`;
    await expect(tokenBy({})).rejects.toMatchObject({
      message: expect.stringContaining(sent),
      response: { status: 401, error: 'invalid_client' },
    });
  });
});
