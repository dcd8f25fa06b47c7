/** A secret, what gives it, or the file that holds it. */

import { type Alternative, oneOf } from './alternatives.js';
import type { Given } from './attribute.js';
import { contentOf } from './file.js';
import type { Place } from './place.js';
import { readText } from './values.js';

/** A credential, ready to be used. */
export interface Credential<T> {
  readonly place: Place;
  /** What is kept of it. */
  readonly credential: T | { readonly file: string };
  /** Its text as far as it is known at construction. */
  readonly text?: string | undefined;
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
  { missing, replaced }: { missing?: string; replaced: boolean },
): Credential<T | ''> | undefined {
  const chosen = oneOf(value, file, replaced ? undefined : missing);
  if (chosen) return kept(chosen, replaced);
  return replaced && !value.given && !file.given ? { place: value.place, credential: '' } : undefined;
}

function kept<T>({ place, value, file }: Alternative<T>, replaced: boolean): Credential<T> | undefined {
  if (file === undefined) return { place, credential: value, text: typeof value === 'string' ? value : undefined };
  const credential = Object.freeze({ file });
  if (replaced) return { place, credential };
  const content = contentOf(file, place)?.trim();
  const text = content === undefined ? undefined : readFileText(content, place);
  return text === undefined ? undefined : { place, credential, text };
}

function readFileText(content: string, place: Place): string | undefined {
  return readText(content, { ...place, refuse: (message) => place.refuse(`the file's content ${message}`) });
}
