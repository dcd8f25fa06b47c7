/** Durations as they are written in a configuration: `"500ms"`, `"10s"`, `"1m30s"`, `"1.5h"`. */

import { kindOf } from './members.js';
import type { Place } from './place.js';

const EXPECTED = 'a duration with units such as "10s", "500ms" or "1m30s" (h, m, s, ms in this order, at most 24 days)';

/** Reads a duration of which `"0s"` means "no limit". */
export function readLimit(value: unknown, place: Place): number | undefined {
  if (typeof value !== 'string') return place.refuse(`must be ${EXPECTED}, not ${kindOf(value)}`);
  return parseDuration(value) ?? place.refuse(`must be ${EXPECTED}`);
}

/** Reads a duration of more than 0. */
export function readDuration(value: unknown, place: Place): number | undefined {
  const duration = readLimit(value, place);
  return duration === 0 ? place.refuse(`must be more than 0`) : duration;
}

const NUMBER = String.raw`\d+(?:\.\d+)?`;
const DURATION = new RegExp(`^(?:(${NUMBER})h)?(?:(${NUMBER})m)?(?:(${NUMBER})s)?(?:(${NUMBER})ms)?$`);
const UNITS = [3_600_000, 60_000, 1000, 1];
const LONGEST_TEXT = 64;

/** Timers cannot count further than 2^31-1 milliseconds, a little more than this. */
const MOST = 24 * 86_400_000;

/** Milliseconds, whole ones; `undefined` for what is no duration (a bare number, unknown or disordered units, over 24 days). */
export function parseDuration(text: string): number | undefined {
  const amounts = text === '' || text.length > LONGEST_TEXT ? null : DURATION.exec(text);
  if (!amounts) return undefined;
  const sum = UNITS.reduce((total, unit, index) => total + Number(amounts[index + 1] ?? 0) * unit, 0);
  if (sum > MOST) return undefined;
  // 0 means "no limit" or nothing at all: what is more than 0 must stay more.
  return sum === 0 ? 0 : Math.max(1, Math.round(sum));
}
