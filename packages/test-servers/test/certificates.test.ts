import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';

describe('certificateAuthority()', () => {
  it('signs what its certificate verifies, with the names that were asked for', () => {
    const authority = certificateAuthority();
    const ca = new X509Certificate(authority.ca);
    expect(ca.ca).toBe(true);
    for (const { cert, key } of [authority.server('localhost', '127.0.0.1', '::1'), authority.client('shop')]) {
      const certificate = new X509Certificate(cert);
      expect(certificate.verify(ca.publicKey)).toBe(true);
      expect(certificate.checkIssued(ca)).toBe(true);
      expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    }
    const server = new X509Certificate(authority.server().cert);
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.checkIP('::1')).toBeDefined();
    expect(new X509Certificate(authority.client('shop').cert).subject).toBe('CN=shop');
  });
});
