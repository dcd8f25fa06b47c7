/** Values that JSON can hold, copied out of the caller's object. */

import { ownMembers } from '../own-members.js';
import { entriesOf, isList, isNamedMembers, isPlainObject, kindOf, membersOf } from './members.js';
import type { Place } from './place.js';

const DEEPEST = 16;
const MOST = 1000;

interface Budget {
  left: number;
}

/** Reads an object that JSON can hold and gives a frozen copy; members that are `undefined` are left out. */
export function readJsonObject(value: unknown, place: Place): Readonly<Record<string, unknown>> | undefined {
  if (!isNamedMembers(value)) return place.refuse(`must be an object, not ${kindOf(value)}`);
  return copyObject(value, place, { left: MOST }, DEEPEST - 1);
}

function copyValue(value: unknown, place: Place, budget: Budget, depth: number): unknown {
  budget.left -= 1;
  if (budget.left < 0 || depth === 0) {
    // Said once: what follows would only repeat it.
    return budget.left < -1 ? undefined : place.refuse(`is too much: at most ${MOST} values, ${DEEPEST} deep`);
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : place.refuse('must be a finite number');
  if (isList(value)) {
    const entries = entriesOf(value, place);
    return entries && Object.freeze(entries.map((entry) => copyValue(entry.value, entry.place, budget, depth - 1)));
  }
  if (isNamedMembers(value)) return copyObject(value, place, budget, depth - 1);
  return place.refuse(`must be a value that JSON can hold, not ${kindOf(value)}`);
}

function copyObject(value: object, place: Place, budget: Budget, depth: number) {
  if (!isPlainObject(value)) return place.refuse('must be a plain object, not one of a class');
  const members = [];
  for (const member of membersOf(value, place)) {
    if (member.value !== undefined) members.push([member.name, copyValue(member.value, member.place, budget, depth)]);
  }
  // Makes own members of all names, `__proto__` too.
  return Object.freeze(ownMembers(Object.fromEntries(members) as Record<string, unknown>));
}
