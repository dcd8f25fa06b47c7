/** How long before its end a token is renewed: a duration, or a part of its life. */

import type { ResolvedOAuth2 } from '../resolved.js';
import { parseDuration } from '../schema/duration.js';
import { kindOf } from '../schema/kind-of.js';
import type { Place } from '../schema/place.js';

const PERCENT = /^(\d{1,2}(?:\.\d{1,9})?)%$/;
const MOST = 90;

/** Reads `"25%"` (more than 0, at most 90 %) or a duration of more than 0. */
export function readRenewalThreshold(value: unknown, place: Place): ResolvedOAuth2['renewBefore'] | undefined {
  const expected = `a part of the token's life such as "25%" (more than 0, at most ${MOST}%), or a duration such as "30s"`;
  if (typeof value !== 'string') return place.refuse(`must be ${expected}, not ${kindOf(value)}`);
  const percent = Number(PERCENT.exec(value)?.[1] ?? 0);
  if (percent > 0 && percent <= MOST) return Object.freeze({ fraction: percent / 100 });
  const milliseconds = parseDuration(value) ?? 0;
  return milliseconds > 0 ? Object.freeze({ milliseconds }) : place.refuse(`must be ${expected}`);
}
