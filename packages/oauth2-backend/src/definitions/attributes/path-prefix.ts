/** The path below which all requests of a backend stay. */

import { kindOf } from '../schema/kind-of.js';
import type { Place } from '../schema/place.js';
import { ambiguousPath, unfitText } from './safe-url.js';

/** Reads a path that starts with `/`; gives it as the URL parser writes it, without a slash at its end: `/v1`, or `''` for `/`. */
export function readPathPrefix(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a path such as "/v1", not ${kindOf(value)}`);
  const unfit = unfitText(value);
  if (unfit !== undefined) return place.refuse(unfit);
  if (!/^\/(?!\/)[^?#]*$/.test(value)) {
    return place.refuse('must be a path such as "/v1": one slash first, no query, no fragment');
  }
  const ambiguous = ambiguousPath(value);
  if (ambiguous !== undefined) return place.refuse(ambiguous);
  return new URL(`http://localhost${value}`).pathname.replace(/\/+$/, '');
}
