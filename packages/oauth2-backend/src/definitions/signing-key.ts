/** Keys for signing assertions: which algorithm takes which (RFC 7518 §3.1, RFC 8037, RFC 8725 §3.1). */

import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { ownMembers } from './own-members.js';

/** What an assertion can be signed with. */
export type SignatureAlgorithm = `${'HS' | 'RS' | 'PS' | 'ES'}${256 | 384 | 512}` | 'EdDSA' | 'Ed25519';

/** The algorithms an assertion can be signed with; `none` is not among them (RFC 8725 §3.2). */
export const SIGNATURE_ALGORITHMS: readonly SignatureAlgorithm[] = Object.freeze([
  ...(['HS', 'RS', 'PS', 'ES'] as const).flatMap((family) =>
    ([256, 384, 512] as const).map((bits) => `${family}${bits}` as const),
  ),
  'EdDSA' as const,
  'Ed25519' as const,
]);

/** A key that fits its algorithm. */
export interface ParsedKey {
  readonly key: KeyObject;
  /** The `kid` of a JWK, the `private_key_id` of a service account. */
  readonly kid?: string | undefined;
}

/**
 * What is wrong with a key, in words that never show it; `undefined` for a good one.
 *
 * @param material PEM (PKCS#8, PKCS#1, SEC1), JWK or a service account's key (object or JSON text); for HMAC the secret itself
 */
export function checkSigningKey(algorithm: string, material: string | object): string | undefined {
  const parsed = parseSigningKey(algorithm, material);
  return typeof parsed === 'string' ? parsed : undefined;
}

/**
 * Gives the key, ready to sign with, or words for what is wrong with it.
 *
 * @param passphrase of an encrypted PKCS#8 key
 */
export function parseSigningKey(algorithm: string, material: string | object, passphrase?: string): ParsedKey | string {
  if (!(SIGNATURE_ALGORITHMS as readonly string[]).includes(algorithm))
    return 'has no signature algorithm that it could fit';
  const { jwk, pem = '', kid } = contentsOf(material);
  if (algorithm.startsWith('HS')) return parseSecret(material, jwk);
  const key = jwk ? keyOfJwk(jwk, algorithm) : keyOfPem(pem, passphrase);
  if (typeof key === 'string') return key;
  const problem =
    misfit(key, algorithm) ?? (signs(key) ? undefined : 'has a private part that does not fit its public part');
  return problem ?? { key, kid: typeof kid === 'string' ? kid : undefined };
}

/** Whether the key can be read with a passphrase only: encrypted PKCS#8 (RFC 5958 §3). */
export function isEncrypted(material: string | object): boolean {
  return ENCRYPTED.test(contentsOf(material).pem ?? '');
}

const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----/;

/** A service account's JSON, as Google gives it, is a PEM with its `kid` beside it. */
function contentsOf(material: string | object): {
  jwk: JsonWebKey | undefined;
  pem: string | undefined;
  kid: unknown;
} {
  const json = typeof material === 'string' ? parseJson(material) : material;
  if (!json) return { jwk: undefined, pem: material as string, kid: undefined };
  const jwk = ownMembers(json as JsonWebKey);
  const { private_key: pem, private_key_id: kid } = jwk;
  return typeof pem === 'string' ? { jwk: undefined, pem, kid } : { jwk, pem: undefined, kid: jwk['kid'] };
}

function parseJson(text: string): object | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** Whoever signs with HMAC and a key that others know is forged at will (RFC 8725 §2.1). */
function parseSecret(material: string | object, jwk: JsonWebKey | undefined): ParsedKey | string {
  if (typeof material !== 'string' || jwk?.kty !== undefined) return 'is a JWK; HMAC needs the secret itself';
  if (material === '') return 'is empty';
  if (/-----BEGIN |^\s*(?:ssh|ecdsa)-/.test(material))
    return 'is a key for an asymmetric algorithm; HMAC needs a shared secret';
  return { key: createSecretKey(material, 'utf8') };
}

function keyOfJwk(jwk: JsonWebKey, algorithm: string): KeyObject | string {
  if (jwk.kty === 'oct') return `is a shared secret; ${algorithm} needs a private key`;
  if (jwk.kty === undefined) return 'is neither a JWK nor a service account\'s key with "private_key"';
  if (jwk.d === undefined) return 'is a public key; signing needs the private one';
  const operations = jwk['key_ops'];
  const elsewhere = Array.isArray(operations) && !operations.includes('sign');
  if (elsewhere || (jwk['use'] !== undefined && jwk['use'] !== 'sig')) return 'is a JWK for another use than signing';
  if (jwk['alg'] !== undefined && curveName(jwk['alg']) !== curveName(algorithm))
    return 'is a JWK for another algorithm';
  try {
    return createPrivateKey({ key: jwk, format: 'jwk' });
  } catch {
    return 'is not a JWK that can be read';
  }
}

function keyOfPem(text: string, passphrase: string | undefined): KeyObject | string {
  if (/-----BEGIN (?:RSA )?PUBLIC KEY-----|-----BEGIN CERTIFICATE-----/.test(text) && !text.includes('PRIVATE KEY')) {
    return 'is a public key; signing needs the private one';
  }
  // What derives its key from the passphrase by one round of MD5 protects nothing.
  if (/^Proc-Type:.*ENCRYPTED/m.test(text)) return `is encrypted in the old way of PEM; convert it: ${CONVERT}`;
  if (ENCRYPTED.test(text)) return decrypt(text, passphrase);
  if (text.includes('-----BEGIN OPENSSH PRIVATE KEY-----')) return "is in OpenSSH's format; PEM (PKCS#8) is needed";
  if (/-----BEGIN [A-Z ]+-----\\n/.test(text)) return 'has "\\n" written out where lines should end';
  try {
    return createPrivateKey(text);
  } catch {
    return 'is neither a PEM private key (PKCS#8, PKCS#1, SEC1) nor a JWK';
  }
}

const CONVERT = 'openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem';

/** What a passphrase that is wrong is told by. */
export const UNOPENED = 'is encrypted, and its passphrase does not open it';

function decrypt(text: string, passphrase: string | undefined): KeyObject | string {
  if (passphrase === undefined)
    return 'is encrypted: "key_passphrase" or "key_passphrase_file" must say how to open it';
  try {
    return createPrivateKey({ key: text, passphrase });
  } catch (error) {
    const unknown = (error as { code?: unknown }).code === 'ERR_OSSL_EVP_UNSUPPORTED';
    return unknown ? `is encrypted in a way that OpenSSL no longer reads; convert it: ${CONVERT}` : UNOPENED;
  }
}

/** `EdDSA` is an older name of `Ed25519` (RFC 9864). */
function curveName(algorithm: unknown): unknown {
  return algorithm === 'EdDSA' ? 'Ed25519' : algorithm;
}

const CURVES: ReadonlyMap<string, readonly [openssl: string, name: string]> = new Map([
  ['ES256', ['prime256v1', 'P-256']],
  ['ES384', ['secp384r1', 'P-384']],
  ['ES512', ['secp521r1', 'P-521']],
]);

function misfit(key: KeyObject, algorithm: string): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const curve = CURVES.get(algorithm);
  if (curve) {
    if (type !== 'ec') return `is of type ${type}; ${algorithm} needs an EC key on ${curve[1]}`;
    return details?.namedCurve === curve[0] ? undefined : `is on another curve; ${algorithm} needs ${curve[1]}`;
  }
  if (curveName(algorithm) === 'Ed25519') {
    return type === 'ed25519' ? undefined : `is of type ${type}; ${algorithm} needs an Ed25519 key`;
  }
  if (type === 'rsa-pss') return 'is an rsa-pss key; a plain RSA key is needed, for PS* too';
  if (type !== 'rsa') return `is of type ${type}; ${algorithm} needs an RSA key`;
  const bits = details?.modulusLength ?? 0;
  return bits < 2048 ? `has ${bits} bits; RSA needs at least 2048` : undefined;
}

/** OpenSSL reads keys whose parts do not belong together. */
function signs(key: KeyObject): boolean {
  const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const data = Buffer.from('x');
  try {
    return verify(digest, data, createPublicKey(key), sign(digest, data, key));
  } catch {
    return false;
  }
}
