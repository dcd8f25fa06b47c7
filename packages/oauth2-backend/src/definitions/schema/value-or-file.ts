/** A secret, what gives it, or the file that holds it. */

import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Given } from './attribute.js';
import type { Place } from './place.js';
import { readText } from './values.js';

/** A secret as the configuration gives it. */
export interface GivenCredential<T> {
  readonly place: Place;
  /** What is kept of it. */
  readonly credential: T | { readonly file: string };
  /** Its text as far as it is known at construction. */
  readonly text: string | undefined;
}

/**
 * Gives the credential that is configured by value or by file; a file must hold one now.
 *
 * @param missing what to say when there is neither; nothing is said without it
 * @param replaced the credential is not used: it may be missing, and so may its file
 */
export function credentialOf<T>(
  value: Given<T>,
  file: Given<string>,
  { missing, replaced }: { missing: string | undefined; replaced: boolean },
): GivenCredential<T | ''> | undefined {
  const chosen = oneOf(value, file, replaced ? undefined : missing);
  if (chosen) return kept(chosen, replaced);
  return replaced && !value.given && !file.given ? { place: value.place, credential: '', text: undefined } : undefined;
}

function kept<T>({ place, value, file }: Alternative<T>, replaced: boolean): GivenCredential<T> | undefined {
  if (file === undefined) return { place, credential: value, text: typeof value === 'string' ? value : undefined };
  const credential = Object.freeze({ file });
  if (replaced) return { place, credential, text: undefined };
  const content = contentOf(file, place)?.trim();
  const text = content === undefined ? undefined : readFileText(content, place);
  return text === undefined ? undefined : { place, credential, text };
}

function readFileText(content: string, place: Place): string | undefined {
  return readText(content, { ...place, refuse: (message) => place.refuse(`the file's content ${message}`) });
}

type Alternative<T> =
  | { readonly place: Place; readonly value: T; readonly file: undefined }
  | { readonly place: Place; readonly value: undefined; readonly file: string };

/**
 * Gives the one of the two that was configured; a missing one blames the value, a surplus one the file.
 *
 * @param missing what to say when there is neither; nothing is said without it
 */
export function oneOf<T>(value: Given<T>, file: Given<string>, missing?: string): Alternative<T> | undefined {
  if (value.given && file.given) return file.place.refuse(`is given beside "${value.name}": give one of them`);
  if (value.value !== undefined) return { place: value.place, value: value.value, file: undefined };
  if (file.value !== undefined) return { place: file.place, value: undefined, file: file.value };
  const neither = !value.given && !file.given;
  return neither && missing !== undefined ? value.place.refuse(missing) : undefined;
}

/** Reads the path of a file; a relative one starts at the working directory of now. */
export function readPath(value: unknown, place: Place): string | undefined {
  const path = readText(value, place);
  return path === undefined ? undefined : resolve(path);
}

const MOST = 1024 * 1024;

/** Gives what stands in the file now, as text; refuses one that is not there, cannot be read or has nothing in it. */
export function contentOf(file: string, place: Place): string | undefined {
  let content: string;
  try {
    const stats = statSync(file);
    // A device or a pipe may never end.
    if (!stats.isFile()) return place.refuse('names something that is no file');
    if (stats.size > MOST) return place.refuse('names a file of more than 1 MiB');
    content = readFileSync(file, 'utf8');
  } catch (error) {
    return place.refuse(`names a file that ${failure(error)}`);
  }
  return content.trim() === '' ? place.refuse('names a file that is empty') : content;
}

function failure(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown reason';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist, seen from the working directory';
  return `cannot be read (${code})`;
}
