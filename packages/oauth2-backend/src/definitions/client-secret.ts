/** The client's secret, or what gives it. */

import { kindOf } from './kind-of.js';
import type { Place } from './place.js';
import { readText } from './plain-values.js';
import type { ResolvedOAuth2 } from './resolved.js';

/** Reads a secret, or a function that gives it for each token request. */
export function readClientSecret(value: unknown, place: Place): ResolvedOAuth2['clientSecret'] | undefined {
  // What the function gives is judged when it is called.
  if (typeof value === 'function') return value as () => string | Promise<string>;
  if (value === '') return place.refuse('is empty: is the environment variable set?');
  if (typeof value !== 'string') return place.refuse(`must be a string or a function, not ${kindOf(value)}`);
  return readText(value, place);
}
