/** What of a value is not frozen. */

/** Gives the paths of the objects in it that could be written to; functions are somebody else's. */
export function unfrozen(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([name, member]) => unfrozen(member, `${path}.${name}`));
  return Object.isFrozen(value) ? below : [path, ...below];
}
