/** From a `tls` block that was read to what it means. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { TlsBlock } from '../attributes/tls.js';
import { ownMembers } from '../own-members.js';
import type { ResolvedTls } from '../resolved.js';
import { attributeOf, type Given } from '../schema/attribute.js';
import type { Place } from '../schema/place.js';
import { contentOf, oneOf } from '../schema/value-or-file.js';

/** Gives the material; reports halves of a pair, what is no PEM, and a key that is not the certificate's. */
export function resolveTls(block: TlsBlock): ResolvedTls {
  const ca = materialOf(block, 'server_ca_certificate', readCertificates);
  const certificate = materialOf(block, 'client_certificate', readCertificates);
  const key = materialOf(block, 'client_private_key', readPrivateKey);
  judgePair(block, certificate, key);
  return Object.freeze(
    ownMembers({
      ...(ca && { ca: ca.meaning.pem }),
      ...(certificate && { cert: certificate.meaning.pem }),
      ...(key && { key: key.text }),
    }),
  );
}

/** Gives, of the two forms of one, what was configured. */
export function givenForms(block: TlsBlock, name: Name): readonly Given<string>[] {
  return [attributeOf(block, name), attributeOf(block, `${name}_file`)].filter(({ given }) => given);
}

type Name = 'server_ca_certificate' | 'client_certificate' | 'client_private_key';

interface Material<T> {
  readonly place: Place;
  readonly text: string;
  readonly meaning: T;
}

function materialOf<T>(
  block: TlsBlock,
  name: Name,
  read: (text: string, place: Place) => T | undefined,
): Material<T> | undefined {
  const chosen = oneOf<string>(attributeOf(block, name), attributeOf(block, `${name}_file`));
  if (!chosen) return undefined;
  const { place, value, file } = chosen;
  const text = file === undefined ? value : contentOf(file, place);
  const meaning = text === undefined ? undefined : read(text, place);
  return text === undefined || meaning === undefined ? undefined : { place, text, meaning };
}

interface Certificates {
  /** The certificates alone, without what stood around them. */
  readonly pem: string;
  readonly first: X509Certificate;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads one certificate or several; what stands around them does not matter. */
function readCertificates(text: string, place: Place): Certificates | undefined {
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
function readPrivateKey(text: string, place: Place): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    if (text.includes('ENCRYPTED'))
      return place.refuse('holds an encrypted key; it must be given without a passphrase');
    if (text.includes('PUBLIC KEY')) return place.refuse('holds a public key; the private one is needed');
    return place.refuse('holds no private key in PEM ("-----BEGIN PRIVATE KEY-----") that can be read');
  }
}

function judgePair(
  block: TlsBlock,
  certificate: Material<Certificates> | undefined,
  key: Material<KeyObject> | undefined,
): void {
  const [hasCertificate, hasKey] = (['client_certificate', 'client_private_key'] as const).map(
    (name) => givenForms(block, name).length > 0,
  );
  if (hasCertificate && !hasKey)
    block.place.at('client_private_key').refuse('is missing: "client_certificate" needs it');
  if (hasKey && !hasCertificate)
    block.place.at('client_certificate').refuse('is missing: "client_private_key" needs it');
  if (certificate && key && !certificate.meaning.first.checkPrivateKey(key.meaning)) {
    key.place.refuse('does not belong to the client certificate (the first one of several)');
  }
}
