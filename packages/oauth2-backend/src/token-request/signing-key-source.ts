/** The key of a signing profile, as it is now. */

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ResolvedSigning } from '../definitions/resolved-credentials.js';
import { thumbprintOf } from '../definitions/signing-certificate.js';
import { type ParsedKey, parseSigningKey } from '../definitions/signing-key.js';
import { NoTokenError } from '../errors.js';

/** What is signed with, and by which names the server knows it. */
interface NamedKey extends ParsedKey {
  /** Of its certificate, if there is one: `x5t#S256` (RFC 7515 §4.1.8). */
  readonly thumbprint: string | undefined;
}

/** Gives the key to sign with now. @throws NoTokenError when there has never been a good one */
export type KeySource = () => Promise<NamedKey>;

/**
 * The source of a profile's key. Files are looked at for each token request, by content (mounted secrets swap symlinks);
 * while one of them is missing, half-written, or does not go with the others, the last good key goes on.
 */
export function signingKeySource(signing: ResolvedSigning, backend: string): KeySource {
  const { key, keyPassphrase, certificateFile } = signing;
  const files = [fileOf(key), fileOf(keyPassphrase), certificateFile];
  if (files.every((file) => file === undefined)) return inlineKey(signing, backend);
  let seen: string | undefined;
  let good: NamedKey | undefined;
  // At construction, so that there is a good key from the start.
  look(files.map(readNow));

  return async function keyOfFiles() {
    look(await Promise.all(files.map(readLater)));
    if (good) return good;
    const what = fileOf(key) === undefined ? 'key' : 'key_file';
    throw new NoTokenError(`${what} of "${backend}" holds no usable key`, { backend, statusCode: 502 });
  };

  function look(contents: readonly (string | undefined)[]): void {
    const now = JSON.stringify(contents);
    if (now === seen) return;
    seen = now;
    const parsed = parse(signing, contents);
    if (typeof parsed !== 'string') good = parsed;
  }
}

/** @throws NoTokenError that says what is wrong with the key, never the key */
export function usableKey(algorithm: string, material: string | object, attribute: string, backend: string): NamedKey {
  const parsed = parseSigningKey(algorithm, material);
  return usable(typeof parsed === 'string' ? parsed : { ...parsed, thumbprint: undefined }, attribute, backend);
}

function inlineKey(signing: ResolvedSigning, backend: string): KeySource {
  let parsed: NamedKey | undefined;
  return async () => {
    parsed ??= usable(parse(signing, []), 'key', backend);
    return parsed;
  };
}

function usable<K extends ParsedKey>(parsed: K | string, attribute: string, backend: string): K {
  if (typeof parsed !== 'string') return parsed;
  throw new NoTokenError(`${attribute} of "${backend}" ${parsed}`, { backend, statusCode: 502 });
}

/** What stands in the files, in their order: the key, what opens it, its certificate. */
function parse(
  { algorithm, key, keyPassphrase, certificateFile }: ResolvedSigning,
  [keyText = '', passphraseText, certificate = '']: readonly (string | undefined)[],
): NamedKey | string {
  // A file's one line end is no part of a secret.
  const text = algorithm.startsWith('HS') ? keyText.replace(/\r?\n$/, '') : keyText;
  const passphrase = typeof keyPassphrase === 'string' ? keyPassphrase : passphraseText?.trim();
  const parsed = parseSigningKey(algorithm, key?.kind === 'inline' ? key.material : text, passphrase);
  if (typeof parsed === 'string') return parsed;
  if (certificateFile === undefined) return { ...parsed, thumbprint: undefined };
  const found = thumbprintOf(certificate, parsed.key);
  return typeof found === 'string' ? found : { ...parsed, ...found };
}

function fileOf(part: ResolvedSigning['key'] | ResolvedSigning['keyPassphrase']): string | undefined {
  return typeof part === 'object' && Object.hasOwn(part, 'file') ? (part as { file: string }).file : undefined;
}

function readNow(file: string | undefined): string | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

async function readLater(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : readFile(file, 'utf8').catch(() => undefined);
}
