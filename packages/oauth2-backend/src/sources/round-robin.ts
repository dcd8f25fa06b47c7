/** Goes through maps piece by piece, for work that is done on the way of other calls. */

/** Gives the values of all maps round and round, however the maps change meanwhile; nothing where they are empty. */
export function* roundRobin<T>(
  groups: readonly Map<string, T>[],
): Generator<[group: Map<string, T>, value: T] | undefined, undefined> {
  for (;;) {
    for (const group of groups) for (const value of group.values()) yield [group, value];
    yield undefined;
  }
}
