/** Certificates for tests: an authority of their own, and what it signs. Made in JavaScript, RSA 2048, good for a day. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';

/** A certificate and its key, PEM. */
export interface Certified {
  readonly cert: string;
  /** PKCS#8. */
  readonly key: string;
}

export interface CertificateAuthority {
  /** The authority's own certificate, PEM. */
  readonly ca: string;
  /** For a server that answers under these host names and addresses; default `localhost`, `127.0.0.1`, `::1`. */
  server(...names: readonly string[]): Certified;
  /** The same, but its day was yesterday. */
  expired(...names: readonly string[]): Certified;
  /** The same, but its day is tomorrow. */
  notYetValid(...names: readonly string[]): Certified;
  /** For a client with this common name. */
  client(name: string): Certified;
}

/** Makes an authority; a client that has its `ca` trusts what it issues. */
export function certificateAuthority(name = 'Test CA'): CertificateAuthority {
  const keys = newKeys();
  const issuer = { subject: subjectOf(name), keys };
  const ca = certify({ ...issuer, issuer, extensions: [{ name: 'basicConstraints', cA: true, critical: true }] }).cert;
  const issue = (subject: string, extensions: object[], from?: number) =>
    certify({ subject: subjectOf(subject), keys: newKeys(), issuer, extensions, from });
  const issueServer = (given: readonly string[], from?: number) => {
    const names = given.length === 0 ? ['localhost', '127.0.0.1', '::1'] : given;
    const altNames = names.map((value) => (isIP(value) ? { type: 7, ip: value } : { type: 2, value }));
    const extensions = [
      { name: 'subjectAltName', altNames },
      { name: 'extKeyUsage', serverAuth: true },
    ];
    return issue(names[0] ?? '', extensions, from);
  };

  return {
    ca,
    server: (...names) => issueServer(names),
    expired: (...names) => issueServer(names, Date.now() - 2 * DAY),
    notYetValid: (...names) => issueServer(names, Date.now() + DAY),
    client: (subject) => issue(subject, [{ name: 'extKeyUsage', clientAuth: true }]),
  };
}

/** For a server that answers as this host, signed by its own key. */
export function selfSigned(name = 'localhost'): Certified {
  const keys = newKeys();
  const subject = subjectOf(name);
  const extensions = [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }];
  return certify({ subject, keys, issuer: { subject, keys }, extensions });
}

type Attributes = { name: string; value: string }[];
type Keys = { publicKey: string; privateKey: string };

function certify(request: {
  subject: Attributes;
  keys: Keys;
  issuer: { subject: Attributes; keys: Keys };
  extensions: object[];
  /** The start of its day; default half a day ago. */
  from?: number | undefined;
}): Certified {
  const { from = Date.now() - DAY / 2 } = request;
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(request.keys.publicKey);
  // Positive: the highest bit is not set.
  certificate.serialNumber = `01${randomBytes(8).toString('hex')}`;
  certificate.validity.notBefore = new Date(from);
  certificate.validity.notAfter = new Date(from + DAY);
  certificate.setSubject(request.subject);
  certificate.setIssuer(request.issuer.subject);
  certificate.setExtensions(request.extensions);
  certificate.sign(forge.pki.privateKeyFromPem(request.issuer.keys.privateKey), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: request.keys.privateKey };
}

const DAY = 24 * 60 * 60 * 1000;

function subjectOf(name: string): Attributes {
  return [{ name: 'commonName', value: name }];
}

// Node's own are a hundred times faster than those of forge.
function newKeys(): Keys {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
