/** The certificate of a signing key, by which an assertion names the key (RFC 7515 §4.1.8). */

import { createHash, type KeyObject, X509Certificate } from 'node:crypto';

/** Its thumbprint, the value of `x5t#S256`. */
export interface Thumbprint {
  readonly thumbprint: string;
}

/**
 * Gives the thumbprint of the first certificate in the text, or words for what is wrong with it.
 *
 * @param key the private key that it must be the certificate of
 */
export function thumbprintOf(text: string, key: KeyObject): Thumbprint | string {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(text);
  } catch {
    return 'holds no certificate in PEM ("-----BEGIN CERTIFICATE-----") that can be read';
  }
  if (!certificate.checkPrivateKey(key)) return 'holds a certificate (the first one of several) of another key';
  return { thumbprint: createHash('sha256').update(certificate.raw).digest('base64url') };
}
