/** Objects whose absent members are absent, whatever somebody puts on `Object.prototype`. */

/** Gives a copy that inherits nothing: `Object.prototype.proxy = …` is no proxy of ours. */
export function ownMembers<T extends object>(members: T): T {
  return Object.assign(Object.create(null) as T, members);
}
