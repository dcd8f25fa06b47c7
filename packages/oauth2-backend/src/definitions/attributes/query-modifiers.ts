/** What may be changed on a request's query. */

import { kindOf } from '../schema/kind-of.js';
import { entriesOf } from '../schema/members.js';
import { namedValues } from '../schema/named-values.js';
import type { Place } from '../schema/place.js';

// Half of a surrogate pair has no UTF-8 form.
const UNSENDABLE = /\p{Cs}/u;

/** Reads query parameters with their values; they are encoded when they are sent. */
export const readQueryParams = namedValues({ name: readName, value: readValue });

/** Reads an array of names of query parameters. */
export function readQueryNames(value: unknown, place: Place): readonly string[] | undefined {
  const names = entriesOf(value, place)?.map((entry) => readName(entry.value, entry.place));
  return names && [...new Set(names.filter((name) => name !== undefined))];
}

function readName(value: unknown, place: Place): string | undefined {
  return value === '' ? place.refuse('a parameter needs a name') : readValue(value, place);
}

function readValue(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be a string, not ${kindOf(value)}`);
  return UNSENDABLE.test(value) ? place.refuse('must not hold halves of surrogate pairs') : value;
}
