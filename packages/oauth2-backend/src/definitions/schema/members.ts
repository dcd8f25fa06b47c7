/** Reading the caller's objects: own members only, each once, and nothing they do gets further than a problem. */

import type { Place } from './place.js';

/** One member of an object, read. */
export interface Member {
  readonly name: string;
  readonly place: Place;
  readonly value: unknown;
}

const MOST = 1000;

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
  wanted: (name: string, place: Place) => boolean = () => true,
  most = MOST,
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

/** Reads one member once, also one that its class gives; reports it when that throws. */
export function readMember(value: object, name: string, place: Place): { readonly value: unknown } | undefined {
  return attempt(place, () => ({ value: isGiven(value, name) ? Reflect.get(value, name) : undefined }));
}

/** What every object inherits is nobody's word. */
function isGiven(value: object, name: string): boolean {
  let holder: object | null = value;
  // A Proxy can have prototypes without end.
  for (let depth = 0; holder !== null && depth < 100; depth++) {
    if (Object.hasOwn(holder, name)) return depth === 0 || Object.getPrototypeOf(holder) !== null;
    holder = Object.getPrototypeOf(holder);
  }
  return false;
}

function attempt<T>(place: Place, read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return place.refuse('could not be read: reading it threw an error');
  }
}

/** Gives `a string`, `null`, `an array`, …: what a message may say about a value that could be a secret. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'object') {
    if (isList(value)) return 'an array';
    return isIterable(value) ? 'an iterable' : 'an object';
  }
  return `a ${typeof value}`;
}

/** Whether the value is an object with named members: no array, `Map`, `Headers` or the like, no function, not `null`. */
export function isNamedMembers(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isList(value) && !isIterable(value);
}

/** Whether the value is of no class; also an object of another realm, which has another `Object.prototype`. */
export function isPlainObject(value: unknown): value is object {
  if (!isNamedMembers(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** `Array.isArray` that never throws. */
export function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    // A revoked Proxy; reading its members is refused with its place.
    return false;
  }
}

/** What it holds are no members of its own: it would read as empty. */
function isIterable(value: object): boolean {
  try {
    return Symbol.iterator in value;
  } catch {
    return false;
  }
}
