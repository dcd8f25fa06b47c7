/** A user and a password for HTTP Basic (RFC 7617). */

import { kindOf } from '../schema/kind-of.js';
import type { Place } from '../schema/place.js';
import { readSecretText } from '../schema/values.js';

/** Reads `user:pass`; either may be empty, as some services want it. */
export function readBasicAuth(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string "user:pass", not ${kindOf(value)}`);
  const text = readSecretText(value, place);
  if (text === undefined || (text.includes(':') && text !== ':')) return text;
  return place.refuse('must be "user:pass", with a colon between the two');
}
