/** A backend's origin. */

import { kindOf } from '../schema/kind-of.js';
import type { Place } from '../schema/place.js';
import { addressOf, unfitText } from './safe-url.js';

const ORIGIN = /^https?:\/\/[^/?#@]+\/?$/i;

/** Reads `scheme://host[:port]` and gives it as `URL.origin` does; a slash behind it does not matter. */
export function readOrigin(value: unknown, place: Place): string | undefined {
  const expected = 'scheme://host[:port] such as "https://api.example.com"';
  if (typeof value !== 'string') return place.refuse(`must be ${expected}, not ${kindOf(value)}`);
  const unfit = unfitText(value);
  if (unfit !== undefined) return place.refuse(unfit);
  if (!ORIGIN.test(value)) {
    return place.refuse(`must be ${expected} with http or https, without user info, path, query and fragment`);
  }
  return addressOf(value)?.origin ?? place.refuse(`must be ${expected}; host or port is not valid`);
}
