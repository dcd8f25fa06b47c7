/** The end of a message about a name that is not known. */

import { nearestName } from './nearest-name.js';

/** `; did you mean "…"?` when a known name is near, else nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}
