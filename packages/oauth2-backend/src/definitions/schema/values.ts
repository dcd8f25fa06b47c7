/** Rules for plain values: texts, choices, switches, whole numbers. No message repeats the value, which may be a misplaced secret. */

import { readJsonObject } from './json-value.js';
import { entriesOf, isNamedMembers, kindOf } from './members.js';
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

/** Whether the text is a token of HTTP, such as a method or the name of a header (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text);
}

/** Whether the text can be a header's value as Node writes it: Latin-1 without control characters but tab (RFC 9110 §5.5). */
export function isFieldValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
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

/** Makes the rule for an array of one kind of values, at least one; each comes out once. */
export function arrayOf<T>(read: (value: unknown, place: Place) => T | undefined, kind: string) {
  return function readArray(value: unknown, place: Place): readonly T[] | undefined {
    const entries = entriesOf(value, place);
    if (entries?.length === 0) return place.refuse(`is empty: give at least one ${kind}, or leave it out`);
    const values = entries?.map((entry) => read(entry.value, entry.place));
    return values && Object.freeze([...new Set(values.filter((each) => each !== undefined))]);
  };
}

// biome-ignore lint/complexity/noBannedTypes: what the functions take and give differs between attributes
type Callable = Function;

export function readFunction<F extends Callable>(value: unknown, place: Place): F | undefined {
  return typeof value === 'function' ? (value as F) : place.refuse(`must be a function, not ${kindOf(value)}`);
}

/** Reads an object that JSON can hold, or a function that gives one. */
export function readObjectOrFunction<F extends Callable>(
  value: unknown,
  place: Place,
): Readonly<Record<string, unknown>> | F | undefined {
  if (typeof value === 'function') return value as F;
  if (!isNamedMembers(value)) return place.refuse(`must be an object or a function, not ${kindOf(value)}`);
  return readJsonObject(value, place);
}

/** Reads a text that may be secret, or a function that gives one. */
export function readTextOrFunction<F extends Callable>(value: unknown, place: Place): string | F | undefined {
  if (typeof value === 'function') return value as F;
  if (typeof value !== 'string') return place.refuse(`must be a string or a function, not ${kindOf(value)}`);
  return readSecretText(value, place);
}
