/** The scope that is asked for (RFC 6749 §3.3). */

import { kindOf } from '../schema/kind-of.js';
import type { Place } from '../schema/place.js';

// What must not occur: a pattern of what must would need one stack frame a token.
const UNFIT = /[^\x20\x21\x23-\x5b\x5d-\x7e]|^ | $| {2}/;

/** Reads scope tokens separated by single spaces (RFC 6749 App. A.4); an empty string is no scope. */
export function readScope(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string, not ${kindOf(value)}`);
  if (!UNFIT.test(value)) return value;
  return place.refuse(
    'must be scope tokens separated by single spaces, of ASCII characters without quotes, backslashes and controls',
  );
}
