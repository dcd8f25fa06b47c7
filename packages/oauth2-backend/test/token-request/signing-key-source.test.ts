import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { certificateAuthority } from 'test-servers/certificates';
import { tokenServer } from 'test-servers/token-server';
import { signingKeySource } from '../../src/token-request/signing-key-source.js';
import { pemOf, signingProfile } from '../definitions/signing-keys.js';
import { billing } from './billing.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-'));
  file = join(folder, 'key.pem');
});
afterEach(() => rmSync(folder, { recursive: true }));

const newKey = () => generateKeyPairSync('ed25519').privateKey;
const source = (algorithm = 'EdDSA') =>
  signingKeySource(signingProfile(algorithm, { key: { kind: 'file', file } }), 'billing');

describe('signingKeySource({ key: file })', () => {
  it('gives the key that the file holds now: written over, renamed over, by a swapped link', async () => {
    const [first, second, third, fourth] = [newKey(), newKey(), newKey(), newKey()];
    writeFileSync(file, pemOf(first));
    const key = source();
    expect((await key()).key.equals(first)).toBe(true);
    writeFileSync(file, pemOf(second));
    expect((await key()).key.equals(second)).toBe(true);
    writeFileSync(`${file}.new`, pemOf(third));
    renameSync(`${file}.new`, file);
    expect((await key()).key.equals(third)).toBe(true);
    writeFileSync(join(folder, 'data'), pemOf(fourth));
    symlinkSync('data', `${file}.link`);
    renameSync(`${file}.link`, file);
    expect((await key()).key.equals(fourth)).toBe(true);
  });

  it('goes on with the last good key while the file is half-written, empty, unfit or missing', async () => {
    const [first, second] = [newKey(), newKey()];
    writeFileSync(file, pemOf(first));
    const key = source();
    for (const content of [pemOf(second).slice(0, 60), '', pemOf(generateKeyPairSync('ed448').privateKey)]) {
      writeFileSync(file, content);
      expect((await key()).key.equals(first)).toBe(true);
    }
    rmSync(file);
    expect((await key()).key.equals(first)).toBe(true);
    writeFileSync(file, pemOf(second));
    expect((await key()).key.equals(second)).toBe(true);
    writeFileSync(file, pemOf(first));
    expect((await key()).key.equals(first)).toBe(true);
  });

  it('has a good key from construction on', async () => {
    const first = newKey();
    writeFileSync(file, pemOf(first));
    const key = source();
    writeFileSync(file, 'half');
    expect((await key()).key.equals(first)).toBe(true);
  });

  it('fails when there has never been a good key, and says no content', async () => {
    writeFileSync(file, 'hunter2');
    await expect(source()()).rejects.toMatchObject({
      code: 'ERR_OAUTH2_NO_TOKEN',
      statusCode: 502,
      message: 'key_file of "billing" holds no usable key',
    });
  });

  it.each([
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret\n\n', 'secret\n'],
    [' secret ', ' secret '],
  ])('cuts one line end from an HMAC secret %j', async (content, secret) => {
    writeFileSync(file, content);
    expect((await source('HS256')()).key.export().toString()).toBe(secret);
  });
});

describe('signingKeySource({ key, keyPassphrase, certificateFile })', () => {
  const { client } = certificateAuthority();
  const thumbprint = (cert: string) =>
    Buffer.from(new X509Certificate(cert).fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
  const sealed = (key: KeyObject, passphrase: string) =>
    key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

  it('goes on with the last pair while key and certificate do not match', async () => {
    const [first, second] = [client('first'), client('second')];
    const certificateFile = join(folder, 'cert.pem');
    writeFileSync(file, first.key);
    writeFileSync(certificateFile, first.cert);
    const source = signingKeySource(
      signingProfile('PS256', { key: { kind: 'file', file }, certificateFile }),
      'billing',
    );
    const expectPair = async ({ key, cert }: typeof first) => {
      const now = await source();
      expect(now.key.equals(createPrivateKey(key))).toBe(true);
      expect(now.thumbprint).toBe(thumbprint(cert));
    };
    await expectPair(first);
    writeFileSync(file, second.key);
    await expectPair(first);
    rmSync(certificateFile);
    await expectPair(first);
    writeFileSync(certificateFile, second.cert.slice(0, 300));
    await expectPair(first);
    writeFileSync(certificateFile, second.cert);
    await expectPair(second);
  });

  it('goes on with the last key while the passphrase is another one', async () => {
    const [first, second] = [newKey(), newKey()];
    const passphrase = join(folder, 'passphrase');
    writeFileSync(file, sealed(first, 'one'));
    writeFileSync(passphrase, 'one\n');
    const signing = signingProfile('EdDSA', { key: { kind: 'file', file }, keyPassphrase: { file: passphrase } });
    const source = signingKeySource(signing, 'billing');
    expect((await source()).key.equals(first)).toBe(true);
    writeFileSync(file, sealed(second, 'two'));
    expect((await source()).key.equals(first)).toBe(true);
    writeFileSync(passphrase, 'two\n');
    expect((await source()).key.equals(second)).toBe(true);
  });
});

describe('an assertion that is refused', () => {
  const profile = { signature_algorithm: 'RS256', ttl: '1m', headers: { kid: 'k\u2028 1' } } as const;
  const { key } = certificateAuthority().client('shop');

  async function failureOf(oauth2: object, error: string): Promise<Error> {
    const server = await tokenServer();
    try {
      server.next({ status: 400, body: { error } });
      return await billing(server.url, { client_secret: undefined, ...oauth2 }).failure();
    } finally {
      await server.close();
    }
  }

  it('says what was sent: of the client', async () => {
    const oauth2 = {
      token_endpoint_auth_method: 'private_key_jwt',
      issuer: 'https://as.example.com',
      jwt_signing_profile: { ...profile, key },
    };
    const { message } = await failureOf(oauth2, 'invalid_client');
    expect(message).toMatch(
      /^127\.0\.0\.1:\d+ refused client "shop": invalid_client \(400\): sent: alg RS256, typ "client-authentication\+jwt", kid "k {2}1", aud "https:\/\/as\.example\.com", iss "shop": check the key registered for that kid, and which aud the server wants \("issuer"\); is the client registered for private_key_jwt \("token_endpoint_auth_method"\)\?$/,
    );
    expect((await failureOf(oauth2, 'invalid_scope')).message).not.toContain('RS256');
  });

  it('says what was sent: of jwt-bearer, without a word of the user', async () => {
    const claims = { iss: 'robot@shop', sub: 'ann@example.com', aud: ['a', 'x'.repeat(500)] };
    const oauth2 = {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      client_id: undefined,
      jwt_signing_profile: { ...profile, key, claims },
    };
    const { message } = await failureOf(oauth2, 'invalid_grant');
    expect(message).toMatch(
      /^127\.0\.0\.1:\d+ refused a client without client_id: invalid_grant \(400\): sent: alg RS256, typ "JWT", kid "k {2}1", aud \["a","x{143}…, iss "robot@shop": check the key registered for that kid, and what the server wants of iss, aud and sub$/,
    );
    expect(message).not.toContain('ann');
  });

  it('says nothing of an assertion that the application gave', async () => {
    const oauth2 = {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      client_id: undefined,
      assertion: 'e30.e30.x',
    };
    const { message } = await failureOf(oauth2, 'invalid_grant');
    expect(message).toMatch(
      / invalid_grant \(400\): the assertion may have ended, have been used before, or have another iss, /,
    );
    expect(message).not.toContain('sent: ');
  });
});

describe('a client assertion', () => {
  const { client } = certificateAuthority();
  const { cert, key } = client('shop');

  async function assertionBy(profile: object): Promise<string> {
    const server = await tokenServer();
    try {
      const { backend } = billing(server.url, {
        client_secret: undefined,
        token_endpoint_auth_method: 'private_key_jwt',
        issuer: 'https://as.example.com',
        jwt_signing_profile: { signature_algorithm: 'RS256', ttl: '1m', ...profile },
      });
      await backend.token();
      return new URLSearchParams(server.requests[0]?.body.toString()).get('client_assertion') ?? '';
    } finally {
      await server.close();
    }
  }

  it("is signed with a service account's key, by the name it has there", async () => {
    writeFileSync(file, JSON.stringify({ type: 'service_account', private_key_id: 'id-1', private_key: key }));
    const jwt = await assertionBy({ key_file: file });
    expect(decodeProtectedHeader(jwt).kid).toBe('id-1');
    await expect(jwtVerify(jwt, new X509Certificate(cert).publicKey)).resolves.toBeDefined();
    expect(decodeProtectedHeader(await assertionBy({ key_file: file, headers: { kid: 'mine' } })).kid).toBe('mine');
  });

  it('names the certificate of its key, and is signed with a key that had to be opened', async () => {
    const certificate = join(folder, 'cert.pem');
    writeFileSync(certificate, cert);
    const sealed = createPrivateKey(key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    const profile = { key: sealed.toString(), key_passphrase: 'x', certificate_file: certificate };
    const jwt = await assertionBy(profile);
    const { raw } = new X509Certificate(cert);
    expect(decodeProtectedHeader(jwt)['x5t#S256']).toBe(createHash('sha256').update(raw).digest('base64url'));
    await expect(jwtVerify(jwt, new X509Certificate(cert).publicKey)).resolves.toBeDefined();
    expect(decodeProtectedHeader(await assertionBy({ ...profile, headers: { 'x5t#S256': 'mine' } }))).toMatchObject({
      'x5t#S256': 'mine',
    });
  });
});
