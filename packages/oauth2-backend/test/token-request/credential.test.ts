import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NoTokenError } from '../../src/errors.js';
import { readCredential } from '../../src/token-request/credential.js';

const read = (credential: unknown) => readCredential(credential as string, 'client_secret', 'billing');

describe('readCredential(credential, attribute, backend)', () => {
  it('gives a value as it is, and what a function gives now', async () => {
    expect(await read('value')).toBe('value');
    expect(await read(() => 'sync')).toBe('sync');
    expect(await read(async () => 'async')).toBe('async');
  });

  it('keeps the error of a function that throws as cause, and out of the message', async () => {
    const cause = new Error('vault said: hunter2');
    for (const failing of [
      () => Promise.reject(cause),
      () => {
        throw cause;
      },
    ]) {
      const error = await read(failing).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(NoTokenError);
      expect(error).toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 502, cause });
      expect((error as Error).message).toBe('client_secret of "billing" could not be had: its function threw');
    }
  });

  it.each([
    ['', 'an empty string'],
    [null, 'null'],
    [undefined, 'undefined'],
    [42, 'number'],
    [{ secret: 'hunter2' }, 'object'],
  ])('refuses %j', async (given, named) => {
    await expect(read(() => given)).rejects.toThrow(
      new Error(`client_secret of "billing" could not be had: its function gave ${named}`),
    );
  });
});

describe('readCredential({ file }, attribute, backend)', () => {
  let file: string;
  beforeEach(() => {
    file = join(mkdtempSync(join(tmpdir(), 'credential-')), 'secret');
  });
  afterEach(() => rmSync(dirname(file), { recursive: true }));

  it('reads the file each time and trims it', async () => {
    writeFileSync(file, ' one\n');
    expect(await read({ file })).toBe('one');
    writeFileSync(file, 'two\r\n\n');
    expect(await read({ file })).toBe('two');
    writeFileSync(`${file}.new`, 'three');
    renameSync(`${file}.new`, file);
    expect(await read({ file })).toBe('three');
  });

  it('refuses a file that is empty or cannot be read', async () => {
    writeFileSync(file, ' \n');
    await expect(read({ file })).rejects.toMatchObject({
      code: 'ERR_OAUTH2_NO_TOKEN',
      statusCode: 502,
      message: 'client_secret_file of "billing" is empty',
    });
    rmSync(file);
    await expect(read({ file })).rejects.toMatchObject({
      statusCode: 502,
      message: 'client_secret_file of "billing" could not be read',
      cause: { code: 'ENOENT' },
    });
  });
});
