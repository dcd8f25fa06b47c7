/** Rules for plain values: texts, choices, switches, whole numbers. No message repeats the value, which may be a misplaced secret. */

import { kindOf } from './kind-of.js';
import { nearestName } from './nearest-name.js';
import type { Place } from './place.js';

// Control characters, and halves of surrogate pairs, which have no UTF-8 form.
const UNSENDABLE = /[\p{Cc}\p{Cs}]/u;

/** Reads a string that is not empty and has no control characters (RFC 6749 App. A, widened to all of Unicode). */
export function readText(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string, not ${kindOf(value)}`);
  if (value === '') return place.refuse('is empty');
  if (UNSENDABLE.test(value)) return place.refuse('must not hold control characters');
  return value;
}

/** Reads such a string that often comes from the environment. */
export function readSecretText(value: unknown, place: Place): string | undefined {
  return value === '' ? place.refuse('is empty: is the environment variable set?') : readText(value, place);
}

/** Makes the rule for an attribute that has one of a few values; a wrong one is answered with the nearest. */
export function choice<const T extends readonly (string | boolean)[]>(...choices: T) {
  const list = choices.map((each) => JSON.stringify(each));
  const expected = list.length === 1 ? list[0] : `one of ${list.join(', ')}`;
  return function readChoice(value: unknown, place: Place): T[number] | undefined {
    const found = choices.find((each) => each === value);
    if (found !== undefined) return found;
    if (typeof value !== 'string') return place.refuse(`must be ${expected}, not ${kindOf(value)}`);
    const nearest = nearestName(value, choices.map(String));
    const meant = choices.find((each) => String(each) === nearest);
    return place.refuse(`must be ${expected}${meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`}`);
  };
}

/** Reads `true` or `false`. */
export function readSwitch(value: unknown, place: Place): boolean | undefined {
  return typeof value === 'boolean' ? value : place.refuse(`must be true or false, not ${kindOf(value)}`);
}

/** Makes the rule for a whole number within limits, both included; without `most` it may be any. */
export function wholeNumber(least: number, most?: number) {
  return function readWholeNumber(value: unknown, place: Place): number | undefined {
    const expected = `a whole number ${most === undefined ? `of at least ${least}` : `from ${least} to ${most}`}`;
    if (typeof value !== 'number') return place.refuse(`must be ${expected}, not ${kindOf(value)}`);
    if (!Number.isSafeInteger(value) || value < least || value > (most ?? value))
      return place.refuse(`must be ${expected}`);
    return value;
  };
}
