import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { backendOf, outcomeOf, problemsOfBackend } from './outcome.js';

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const { ca, client } = certificateAuthority();
const { cert, key } = client('shop');
const other = client('other');
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const encrypted = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();
const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

describe('tls', () => {
  it('gives the material, of files what stands in them at construction', () => {
    const pair = { client_certificate: cert, client_private_key: key };
    expect(backendOf({ tls: pair }).tls).toEqual({ cert: cert.trim(), key });
    const files = {
      server_ca_certificate_file: written('ca', ca),
      client_certificate_file: written('cert', cert),
      client_private_key_file: written('key', key),
    };
    const { tls } = backendOf({ tls: files });
    writeFileSync(files.client_private_key_file, 'changed');
    expect(tls).toEqual({ ca: ca.trim(), cert: cert.trim(), key });
    expect(backendOf({ tls: { client_certificate: cert, client_private_key_file: written('key', key) } }).tls).toEqual({
      cert: cert.trim(),
      key,
    });
  });

  it('takes bundles, without what stands around their certificates', () => {
    const bundle = rootCertificates.slice(0, 5).join('\n# comment\n');
    const { tls } = backendOf({ tls: { server_ca_certificate: `Some text\n${bundle}\n${key}` } });
    expect(tls.ca).toBe(rootCertificates.slice(0, 5).join('\n'));
    const chain = { client_certificate: `${cert}${ca}`, client_private_key: key };
    expect(backendOf({ tls: chain }).tls.cert?.match(/BEGIN/g)).toHaveLength(2);
  });

  it.each<[object, readonly [path: string, message: string][]]>([
    [{ client_certificate: cert }, [['client_private_key', 'is missing: "client_certificate" needs it']]],
    [{ client_certificate_file: written('c', cert) }, [['client_private_key', 'is missing']]],
    [{ client_private_key: key }, [['client_certificate', 'is missing: "client_private_key" needs it']]],
    [
      { server_ca_certificate: ca, server_ca_certificate_file: written('ca2', ca) },
      [['server_ca_certificate_file', 'is given beside "server_ca_certificate"']],
    ],
    [
      { client_certificate: cert, client_private_key: key, client_private_key_file: written('k', key) },
      [['client_private_key_file', 'is given beside "client_private_key"']],
    ],
    [{ client_certificate: cert, client_private_key: other.key }, [['client_private_key', 'does not belong']]],
    [{ client_certificate: `${ca}${cert}`, client_private_key: key }, [['client_private_key', 'the first one']]],
    [{ client_certificate: cert, client_private_key: encrypted }, [['client_private_key', 'an encrypted key']]],
    [{ client_certificate: cert, client_private_key: publicPem }, [['client_private_key', 'a public key']]],
    [{ client_certificate: cert, client_private_key: 'x' }, [['client_private_key', 'no private key in PEM']]],
    [{ client_certificate: key, client_private_key: key }, [['client_certificate', 'no certificate in PEM']]],
    [{ server_ca_certificate: 'x' }, [['server_ca_certificate', 'no certificate in PEM']]],
    [{ server_ca_certificate: `${ca}${broken}` }, [['server_ca_certificate', 'number 2, that cannot be read']]],
    [{ server_ca_certificate: '' }, [['server_ca_certificate', 'is the environment variable set?']]],
    [{ server_ca_certificate: [ca] }, [['server_ca_certificate', 'must be PEM as a string, not an array']]],
    [{ server_ca_certificate_file: folder }, [['server_ca_certificate_file', 'is no file']]],
    [{ server_ca_certificate_file: join(folder, 'x') }, [['server_ca_certificate_file', 'does not exist']]],
    [{ server_ca_certificate_file: written('empty', '\n') }, [['server_ca_certificate_file', 'is empty']]],
    [{ server_ca_certificate_file: written('big', 'x'.repeat(2 ** 21)) }, [['server_ca_certificate_file', '1 MiB']]],
    [{ ca }, [['ca', 'unknown attribute']]],
  ])('refuses %#', (tls, expected) => {
    expect(problemsOfBackend({ tls })).toEqual(
      expected.map(([path, message]) => ({ path: `a.tls.${path}`, message: expect.stringContaining(message) })),
    );
  });

  it.each<[object, string, string]>([
    [{ tls: ca }, 'tls', 'must be an object, not a string'],
    [{ tls: null }, 'tls', 'must be an object, not null'],
    [
      { tls: { server_ca_certificate: ca }, disable_certificate_validation: true },
      'tls.server_ca_certificate',
      'does nothing with "disable_certificate_validation"',
    ],
    [
      { tls: { server_ca_certificate_file: written('ca3', ca) }, disable_certificate_validation: true },
      'tls.server_ca_certificate_file',
      'does nothing with "disable_certificate_validation"',
    ],
    [{ tls: { server_ca_certificate: ca }, origin: 'http://localhost' }, 'tls', 'the origin is plain http'],
  ])('does not stand beside what leaves it without effect: %#', (attributes, path, message) => {
    expect(problemsOfBackend(attributes)).toEqual([{ path: `a.${path}`, message: expect.stringContaining(message) }]);
  });

  it('may be empty, and may have a client certificate without validation of the server', () => {
    const undefinedOnes = { server_ca_certificate: undefined, client_certificate: undefined };
    expect(backendOf({ tls: undefinedOnes, origin: 'http://localhost' }).tls).toEqual({});
    const pair = { client_certificate: cert, client_private_key: key };
    expect(problemsOfBackend({ tls: pair, disable_certificate_validation: true })).toEqual([]);
  });

  it('is judged for token backends with the origin that they have', () => {
    const oauth2 = {
      grant_type: 'client_credentials',
      token_endpoint: 'http://localhost:1/token',
      client_id: 'c',
      client_secret: 's',
      backend: { tls: { server_ca_certificate: ca } },
    };
    expect(outcomeOf({ a: { origin: 'https://a', oauth2 } }).problems.map(({ path }) => path)).toEqual([
      'a.oauth2.backend.tls',
    ]);
  });
});
