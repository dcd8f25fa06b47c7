/** Where a signing key comes from: the configuration, or a file that may be replaced at any time. */

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ResolvedSigning } from '../definitions/resolved.js';
import { type ParsedKey, parseSigningKey } from '../definitions/signing-key.js';
import { NoTokenError } from '../errors.js';

/** Gives the key to sign with now. @throws NoTokenError when there has never been a good one */
export type KeySource = () => Promise<ParsedKey>;

/**
 * The source of a profile's key. A file is looked at for each token request, by content (mounted secrets swap symlinks);
 * while it is missing or half-written, the last good key goes on.
 */
export function signingKeySource({ key, algorithm }: ResolvedSigning, backend: string): KeySource {
  if (key?.kind === 'file') return keyFile(key.file, algorithm, backend);
  let parsed: ParsedKey | undefined;
  return async function inlineKey() {
    parsed ??= usableKey(algorithm, key?.material ?? '', 'key', backend);
    return parsed;
  };
}

/** @throws NoTokenError that says what is wrong with the key, never the key */
export function usableKey(algorithm: string, material: string | object, attribute: string, backend: string): ParsedKey {
  const parsed = parseSigningKey(algorithm, material);
  if (typeof parsed !== 'string') return parsed;
  throw new NoTokenError(`${attribute} of "${backend}" ${parsed}`, { statusCode: 502 });
}

function keyFile(file: string, algorithm: string, backend: string): KeySource {
  let lastText: string | undefined;
  let lastGood: ParsedKey | undefined;
  // At construction, so that there is a good key from the start.
  look(readNow(file));

  return async function keyOfFile() {
    look(await readFile(file, 'utf8').catch(() => undefined));
    if (lastGood) return lastGood;
    throw new NoTokenError(`key_file of "${backend}" holds no usable key`, { statusCode: 502 });
  };

  function look(text: string | undefined): void {
    if (text === undefined || text === lastText) return;
    lastText = text;
    const parsed = parseSigningKey(algorithm, algorithm.startsWith('HS') ? text.replace(/\r?\n$/, '') : text);
    if (typeof parsed !== 'string') lastGood = parsed;
  }
}

function readNow(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
