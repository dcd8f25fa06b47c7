import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { ResolvedSigning } from '../../src/definitions/resolved-credentials.js';
import { SIGNATURE_ALGORITHMS } from '../../src/definitions/signing-key.js';

/** What signs and what verifies. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const made = new Map<string, KeyPair>();

/** A pair that fits the algorithm, made once. */
export function keyPair(algorithm: string): KeyPair {
  const kind = algorithm.replace(/^[RP]S.*/, 'RSA').replace(/^Ed.*/, 'Ed25519');
  const known = made.get(kind);
  if (known) return known;
  const pair = make(kind);
  made.set(kind, pair);
  return pair;
}

function make(kind: string): KeyPair {
  if (kind === 'RSA') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (kind === 'Ed25519') return generateKeyPairSync('ed25519');
  const namedCurve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[kind];
  if (!namedCurve) throw new TypeError(`no keys for ${kind}`);
  return generateKeyPairSync('ec', { namedCurve });
}

/** The private key as PEM, PKCS#8. */
export function pemOf(key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8'): string {
  return key.export({ format: 'pem', type }).toString();
}

/** The key as JWK. */
export function jwkOf(key: KeyObject, members: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...key.export({ format: 'jwk' }), ...members };
}

export const HMAC_SECRET = randomBytes(64).toString('base64');
export const HMAC_ALGORITHMS = SIGNATURE_ALGORITHMS.filter((algorithm) => algorithm.startsWith('HS'));
export const ASYMMETRIC_ALGORITHMS = SIGNATURE_ALGORITHMS.filter((algorithm) => !algorithm.startsWith('HS'));

/** A profile of this algorithm with a key that fits. */
export function signingProfile(algorithm: string, changes: Partial<ResolvedSigning> = {}): ResolvedSigning {
  const material = algorithm.startsWith('HS') ? HMAC_SECRET : pemOf(keyPair(algorithm).privateKey);
  return { algorithm, key: { kind: 'inline', material }, ttl: 60, claims: {}, headers: {}, ...changes };
}

/** What verifies what `signingProfile` signs. */
export function verifier(algorithm: string): KeyObject | Uint8Array {
  return algorithm.startsWith('HS') ? new TextEncoder().encode(HMAC_SECRET) : keyPair(algorithm).publicKey;
}
