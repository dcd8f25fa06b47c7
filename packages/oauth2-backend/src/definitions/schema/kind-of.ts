/** The word for what a wrong value is, without the value. */

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
