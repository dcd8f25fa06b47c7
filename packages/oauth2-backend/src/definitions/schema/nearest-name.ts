/** The known name that was most likely meant by a mistyped one. */

const LONGEST = 64;

/** What is said of an unknown name, given the known ones: `; did you mean "…"?`, or nothing. */
export type Hint = (name: string, known: readonly string[]) => string;

/** `; did you mean "…"?` when a known name is near, else nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}

/**
 * Gives the known name nearest to `name`, or `undefined` when none is near enough to be a slip of the pen: a third of
 * its letters at most may differ. Case, `-` and `_` do not count, so that `clientSecret` finds `client_secret`.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const meant = plain(name);
  if (meant === '' || meant.length > LONGEST) return undefined;
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(meant.length / 3)) + 1;
  for (const candidate of known) {
    const letters = plain(candidate);
    if (letters.length > LONGEST || Math.abs(letters.length - meant.length) >= least) continue;
    const distance = editDistance(meant, letters);
    if (distance >= least || distance >= letters.length) continue;
    nearest = candidate;
    least = distance;
  }
  return nearest;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/** Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other (Damerau-Levenshtein). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let distance = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      if (from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        distance = Math.min(distance, at(beforeLast, column - 2) + 1);
      }
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
