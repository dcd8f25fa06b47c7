/** Reading the caller's objects: own members only, each once, and nothing they do gets further than a problem. */

import { isList, isNamedMembers, kindOf } from './kind-of.js';
import type { Place } from './place.js';

const MOST = 1000;

/** One member of an object, read. */
export interface Member {
  readonly name: string;
  readonly place: Place;
  readonly value: unknown;
}

/**
 * Gives the own enumerable members of an object one by one, in its order, each read when its turn comes; a member that
 * cannot be read is reported and left out.
 *
 * @param wanted whether the member of this name is to be read at all; default: all are
 * @param most how many members are taken, default 1000
 */
export function* membersOf(
  value: unknown,
  place: Place,
  { wanted = () => true, most = MOST }: { wanted?: (name: string, place: Place) => boolean; most?: number } = {},
): Generator<Member> {
  if (!isNamedMembers(value)) return place.refuse(`must be an object, not ${kindOf(value)}`);
  const names = attempt(place, () => Object.keys(value)) ?? [];
  if (names.length > most) return place.refuse(`has ${names.length} members; at most ${most} are taken`);
  for (const name of names) {
    const here = place.at(name);
    if (!wanted(name, here)) continue;
    const read = readMember(value, name, here);
    if (read) yield { name, place: here, value: read.value };
  }
}

/** Gives the entries of an array in their order, with their places; refuses what is no array. */
export function entriesOf(value: unknown, place: Place): { place: Place; value: unknown }[] | undefined {
  if (!isList(value)) return place.refuse(`must be an array, not ${kindOf(value)}`);
  const length = attempt(place, () => value.length);
  if (length === undefined) return undefined;
  // A Proxy may give anything for its length.
  if (!Number.isInteger(length) || length > MOST) return place.refuse(`has more than ${MOST} entries`);
  const entries = [];
  for (let index = 0; index < length; index++) {
    const here = place.at(index);
    const read = readMember(value, String(index), here);
    if (read) entries.push({ place: here, value: read.value });
  }
  return entries;
}

/** Reads one member once; reports it when that throws. */
export function readMember(value: object, name: string, place: Place): { readonly value: unknown } | undefined {
  return attempt(place, () => ({ value: Reflect.get(value, name) }));
}

function attempt<T>(place: Place, read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return place.refuse('could not be read: reading it threw an error');
  }
}
