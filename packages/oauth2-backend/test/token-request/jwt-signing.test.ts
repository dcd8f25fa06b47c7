import { describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { ResolvedSigning } from '../../src/definitions/resolved-credentials.js';
import { SIGNATURE_ALGORITHMS } from '../../src/definitions/signing-key.js';
import { jwtSigner } from '../../src/token-request/jwt-signing.js';
import { signingKeySource } from '../../src/token-request/signing-key-source.js';
import { jwkOf, keyPair, signingProfile, verifier } from '../definitions/signing-keys.js';

function signerOf(signing: ResolvedSigning) {
  return jwtSigner({ backend: 'billing', signing, key: signingKeySource(signing, 'billing') });
}

const headerOf = async (algorithm: string, changes: Partial<ResolvedSigning>) =>
  decodeProtectedHeader(await signerOf(signingProfile(algorithm, changes))({}));

describe('jwtSigner({ signing, key })', () => {
  it.each(SIGNATURE_ALGORITHMS)('signs with %s, verified by jose', async (algorithm) => {
    const jwt = await signerOf(signingProfile(algorithm))({ iss: 'a', list: [1, { b: null }] });
    expect(jwt.split('.')).toHaveLength(3);
    const { payload, protectedHeader } = await jwtVerify(jwt, verifier(algorithm), { algorithms: [algorithm] });
    expect(payload).toEqual({ iss: 'a', list: [1, { b: null }] });
    expect(protectedHeader).toEqual({ typ: 'JWT', alg: algorithm });
  });

  it('sends typ and further headers as configured', async () => {
    const headers = { typ: 'client-authentication+jwt', kid: 'k1', x5t: 'abc' };
    expect(await headerOf('ES256', { headers })).toEqual({ ...headers, alg: 'ES256' });
    expect(await headerOf('ES256', { headers: async () => headers })).toEqual({ ...headers, alg: 'ES256' });
  });

  it('sends the kid of a JWK unless headers say otherwise (RFC 7515 §4.1.4)', async () => {
    const material = jwkOf(keyPair('ES256').privateKey, { kid: 'from-jwk' });
    const key = { kind: 'inline', material } as const;
    expect(await headerOf('ES256', { key })).toMatchObject({ kid: 'from-jwk' });
    expect(await headerOf('ES256', { key, headers: { kid: 'mine' } })).toMatchObject({ kid: 'mine' });
  });

  it('lets no function set alg, b64 or crit (RFC 8725 §3.2)', async () => {
    const headers = () => ({ alg: 'none', b64: false, crit: ['b64'], extra: 1 });
    expect(await headerOf('ES256', { headers })).toEqual({ typ: 'JWT', alg: 'ES256', extra: 1 });
  });

  it.each<[string, () => never, string]>([
    [
      'throws',
      () => {
        throw new Error('boom');
      },
      'threw',
    ],
    ['gives null', () => null as never, 'gave null'],
    ['gives a list', () => [] as never, 'gave a list'],
    ['gives text', () => 'x' as never, 'gave string'],
    ['gives what JSON cannot hold', () => ({ a: 1n }) as never, 'gave an object that JSON cannot hold'],
  ])('fails when the function for headers %s', async (_, headers, words) => {
    await expect(headerOf('ES256', { headers })).rejects.toMatchObject({
      code: 'ERR_OAUTH2_NO_TOKEN',
      statusCode: 502,
      message: `headers of the jwt_signing_profile of "billing" could not be had: its function ${words}`,
    });
  });
});
