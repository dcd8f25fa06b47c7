/** How often each member of an object is read. */

/** Gives a view of the object that counts reads by path: `.api.oauth2.params.resource.0`. */
export function countingReads<T extends object>(target: T, reads: Map<string, number>, path = ''): T {
  return new Proxy(target, {
    get(object, name) {
      const here = `${path}.${String(name)}`;
      reads.set(here, (reads.get(here) ?? 0) + 1);
      const value: unknown = Reflect.get(object, name);
      return typeof value === 'object' && value !== null ? countingReads(value, reads, here) : value;
    },
  });
}
