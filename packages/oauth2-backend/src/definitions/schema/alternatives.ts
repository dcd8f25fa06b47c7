/** Two attributes of which one says what the other could say: a value, or the file that holds it. */

import type { Given } from './attribute.js';
import type { Place } from './place.js';

/** The one that was configured. */
export type Alternative<T> =
  | { readonly place: Place; readonly value: T; readonly file?: undefined }
  | { readonly place: Place; readonly value?: undefined; readonly file: string };

/**
 * Gives the one of the two that was configured; a missing one blames the value, a surplus one the file.
 *
 * @param missing what to say when there is neither; nothing is said without it
 */
export function oneOf<T>(value: Given<T>, file: Given<string>, missing?: string): Alternative<T> | undefined {
  if (value.given && file.given) return file.place.refuse(`is given beside "${value.name}": give one of them`);
  if (value.value !== undefined) return { place: value.place, value: value.value };
  if (file.value !== undefined) return { place: file.place, file: file.value };
  const neither = !value.given && !file.given;
  return neither && missing !== undefined ? value.place.refuse(missing) : undefined;
}
