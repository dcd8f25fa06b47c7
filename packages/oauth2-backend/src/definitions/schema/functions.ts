/** Attributes that may, or must, be functions of the application; what they give is judged when they are called. */

import { readJsonObject } from './json-value.js';
import { isNamedMembers, kindOf } from './kind-of.js';
import type { Place } from './place.js';
import { readSecretText } from './values.js';

// biome-ignore lint/complexity/noBannedTypes: what the functions take and give differs between attributes
type Callable = Function;

/** Reads a function. */
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
