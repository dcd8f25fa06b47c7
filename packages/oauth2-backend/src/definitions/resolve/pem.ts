/** Certificates and private keys in PEM (RFC 7468). */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Place } from '../schema/place.js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Certificates that were read. */
export interface Certificates {
  /** The certificates alone, without what stood around them. */
  readonly pem: string;
  readonly first: X509Certificate;
}

/** Reads one certificate or several; what stands around them does not matter. */
export function readCertificates(text: string, place: Place): Certificates | undefined {
  const found = text.match(CERTIFICATE) ?? [];
  let first: X509Certificate | undefined;
  for (const [index, pem] of found.entries()) {
    try {
      const certificate = new X509Certificate(pem);
      first ??= certificate;
    } catch {
      return place.refuse(`holds a certificate, number ${index + 1}, that cannot be read`);
    }
  }
  if (first) return { pem: found.join('\n'), first };
  return place.refuse('holds no certificate in PEM ("-----BEGIN CERTIFICATE-----")');
}

/** Reads a private key that is not encrypted. */
export function readPrivateKey(text: string, place: Place): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    if (text.includes('ENCRYPTED'))
      return place.refuse('holds an encrypted key; it must be given without a passphrase');
    if (text.includes('PUBLIC KEY')) return place.refuse('holds a public key; the private one is needed');
    return place.refuse('holds no private key in PEM ("-----BEGIN PRIVATE KEY-----") that can be read');
  }
}
