/** The authorization server's issuer identifier (RFC 8414 §2). */

import { kindOf } from '../schema/kind-of.js';
import type { Place } from '../schema/place.js';
import { unfitText } from './safe-url.js';

const ISSUER = /^https?:\/\/[^/?#@]+(?:\/[^?#]*)?$/i;

/** Reads an absolute URL without user info, query and fragment; it stays as it is, to the letter. */
export function readIssuer(value: unknown, place: Place): string | undefined {
  const expected = 'an absolute URL such as "https://as.example.com"';
  if (typeof value !== 'string') return place.refuse(`must be ${expected}, not ${kindOf(value)}`);
  const unfit = unfitText(value);
  if (unfit !== undefined) return place.refuse(unfit);
  if (ISSUER.test(value) && URL.canParse(value)) return value;
  return place.refuse(`must be ${expected}, without user info, query and fragment`);
}
