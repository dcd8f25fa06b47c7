/** What an object has of its own: what somebody has put on `Object.prototype` is no member of anything. */

/** Gives a copy that inherits nothing: `Object.prototype.proxy = …` is no proxy of ours. */
export function ownMembers<T extends object>(members: T): T {
  return Object.assign(Object.create(null) as T, members);
}

/** Whether a value is the one of several shapes that has this member: `in` asks the prototype too. */
export function hasOwnMember<T extends object, N extends string>(
  holder: T,
  name: N,
): holder is Extract<T, { readonly [M in N]: unknown }> {
  return Object.hasOwn(holder, name);
}

/** A member of somebody else's object, which may be its class's. */
export function memberOf<T extends object, N extends keyof T & string>(holder: T, name: N): T[N] | undefined {
  // Read once: it may be a getter.
  const value = holder[name];
  return value === undefined || !(name in Object.prototype) || hasOfItsOwn(holder, name) ? value : undefined;
}

function hasOfItsOwn(holder: object, name: string): boolean {
  for (let object = holder; ; ) {
    const prototype: object | null = Object.getPrototypeOf(object);
    // The last one is `Object.prototype`, of this realm or another.
    if (prototype === null) return object === holder && Object.hasOwn(object, name);
    if (Object.hasOwn(object, name)) return true;
    object = prototype;
  }
}

/** What somebody has put on `Object.prototype`, by name. */
export function foreignNames(): readonly string[] {
  const names = Object.getOwnPropertyNames(Object.prototype);
  return names.length === NATIVE.size ? NONE : names.filter((name) => !NATIVE.has(name));
}

const NONE: readonly string[] = [];
const NATIVE: ReadonlySet<string> = new Set([
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toLocaleString',
  'toString',
  'valueOf',
]);
