import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { checkSigningKey, SIGNATURE_ALGORITHMS } from '../../src/definitions/signing-key.js';
import { ASYMMETRIC_ALGORITHMS, HMAC_ALGORITHMS, HMAC_SECRET, jwkOf, keyPair, pemOf } from './signing-keys.js';

const rsa = keyPair('RS256').privateKey;
const p256 = keyPair('ES256').privateKey;
const p384 = keyPair('ES384').privateKey;
const ed = keyPair('EdDSA').privateKey;
const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey;
const ed448 = generateKeyPairSync('ed448').privateKey;
const encrypted = rsa.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
const encryptedOld = rsa.export({ format: 'pem', type: 'pkcs1', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
const publicPem = keyPair('RS256').publicKey.export({ format: 'pem', type: 'spki' }).toString();
const otherPoint = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

describe('checkSigningKey(algorithm, material)', () => {
  it.each(ASYMMETRIC_ALGORITHMS)('takes PKCS#8 and JWK, object or text, for %s', (algorithm) => {
    const { privateKey } = keyPair(algorithm);
    expect(checkSigningKey(algorithm, pemOf(privateKey))).toBeUndefined();
    expect(checkSigningKey(algorithm, jwkOf(privateKey))).toBeUndefined();
    expect(checkSigningKey(algorithm, ` ${JSON.stringify(jwkOf(privateKey, { alg: algorithm, use: 'sig' }))}\n`)).toBe(
      undefined,
    );
  });

  it('takes PKCS#1, SEC1, the other name of EdDSA, and any secret for HMAC', () => {
    expect(checkSigningKey('PS256', pemOf(rsa, 'pkcs1'))).toBeUndefined();
    expect(checkSigningKey('ES256', pemOf(p256, 'sec1'))).toBeUndefined();
    expect(checkSigningKey('EdDSA', jwkOf(ed, { alg: 'Ed25519' }))).toBeUndefined();
    for (const algorithm of HMAC_ALGORITHMS) expect(checkSigningKey(algorithm, HMAC_SECRET)).toBeUndefined();
    expect(checkSigningKey('HS256', '{"no":"jwk"}')).toBeUndefined();
  });

  it.each<[string, string, string | object, string]>([
    ['RS256 (RFC 7518 §3.3)', 'RS256', pemOf(short), 'has 1024 bits; RSA needs at least 2048'],
    ['ES256 (RFC 7518 §3.4)', 'ES256', pemOf(p384), 'is on another curve; ES256 needs P-256'],
    ['ES512 (RFC 7518 §3.4)', 'ES512', jwkOf(p256), 'is on another curve; ES512 needs P-521'],
    ['an RSA key', 'ES256', pemOf(rsa), 'is of type rsa; ES256 needs an EC key on P-256'],
    ['an EC key', 'PS512', pemOf(p256), 'is of type ec; PS512 needs an RSA key'],
    ['an EC key', 'Ed25519', pemOf(p256), 'is of type ec; Ed25519 needs an Ed25519 key'],
    ['Ed448', 'EdDSA', pemOf(ed448), 'is of type ed448; EdDSA needs an Ed25519 key'],
    ['rsa-pss', 'PS256', pemOf(pss), 'is an rsa-pss key; a plain RSA key is needed, for PS* too'],
    [
      'encrypted PKCS#8',
      'RS256',
      encrypted,
      'is encrypted: "key_passphrase" or "key_passphrase_file" must say how to open it',
    ],
    [
      'encrypted PKCS#1',
      'RS256',
      encryptedOld,
      'is encrypted in the old way of PEM; convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem',
    ],
    [
      'JSON of another kind',
      'RS256',
      '{"type":"authorized_user"}',
      'is neither a JWK nor a service account\'s key with "private_key"',
    ],
    [
      'a public key of a service account',
      'RS256',
      { private_key: publicPem },
      'is a public key; signing needs the private one',
    ],
    ['a public PEM', 'RS256', publicPem, 'is a public key; signing needs the private one'],
    ['a public JWK', 'ES256', jwkOf(keyPair('ES256').publicKey), 'is a public key; signing needs the private one'],
    [
      'a broken PEM',
      'RS256',
      pemOf(rsa).slice(0, 900),
      'is neither a PEM private key (PKCS#8, PKCS#1, SEC1) nor a JWK',
    ],
    ['a broken JWK', 'ES256', { kty: 'EC', d: 'x' }, 'is not a JWK that can be read'],
    ['half a JWK', 'ES256', '{"kty":"EC"', 'is neither a PEM private key (PKCS#8, PKCS#1, SEC1) nor a JWK'],
    [
      'a JWK of two',
      'ES256',
      { ...jwkOf(p256), d: otherPoint['d'] },
      'has a private part that does not fit its public part',
    ],
    ['a JWK for another alg', 'RS256', jwkOf(rsa, { alg: 'PS256' }), 'is a JWK for another algorithm'],
    ['a JWK for verifying', 'RS256', jwkOf(rsa, { key_ops: ['verify'] }), 'is a JWK for another use than signing'],
    ['a JWK for encryption', 'RS256', jwkOf(rsa, { use: 'enc' }), 'is a JWK for another use than signing'],
    ['a secret JWK', 'RS256', { kty: 'oct', k: 'eA' }, 'is a shared secret; RS256 needs a private key'],
    ['\\n written out', 'RS256', pemOf(rsa).replaceAll('\n', '\\n'), 'has "\\n" written out where lines should end'],
    [
      'OpenSSH',
      'EdDSA',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA\n',
      "is in OpenSSH's format; PEM (PKCS#8) is needed",
    ],
    ['nothing', 'HS256', '', 'is empty'],
    ['a public PEM', 'HS256', publicPem, 'is a key for an asymmetric algorithm; HMAC needs a shared secret'],
    ['a private PEM', 'HS512', pemOf(rsa), 'is a key for an asymmetric algorithm; HMAC needs a shared secret'],
    ['a JWK', 'HS256', jwkOf(rsa), 'is a JWK; HMAC needs the secret itself'],
    ['JWK text', 'HS256', JSON.stringify(jwkOf(rsa)), 'is a JWK; HMAC needs the secret itself'],
  ])('refuses %s for %s', (_, algorithm, material, problem) => {
    expect(checkSigningKey(algorithm, material)).toBe(problem);
  });

  it.each(['none', 'None', 'NONE', 'nOnE', ' none', '', 'RS1', 'HS128', 'ES256K', '__proto__'])(
    'knows no algorithm %j (RFC 8725 §3.2)',
    (algorithm) => {
      expect(SIGNATURE_ALGORITHMS).not.toContain(algorithm);
      for (const material of [pemOf(rsa), HMAC_SECRET, '']) {
        expect(checkSigningKey(algorithm, material)).toBe('has no signature algorithm that it could fit');
      }
    },
  );
});
