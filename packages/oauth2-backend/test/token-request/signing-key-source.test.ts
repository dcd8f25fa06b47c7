import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signingKeySource } from '../../src/token-request/jwt-signing.js';
import { pemOf, signingProfile } from '../definitions/signing-keys.js';

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
