/** Named backends refer to each other as token backends: how far that goes, and that it ends. */

import { type BackendBlock, DEEPEST } from '../attributes/blocks.js';
import type { Place } from '../schema/place.js';

/**
 * Gives the names of the backends whose chain of token backends does not end, or is longer than 8 names; reports each
 * backend that is part of a circle.
 */
export function unresolvableChains(blocks: ReadonlyMap<string, BackendBlock>): ReadonlySet<string> {
  const next = new Map([...blocks].map(([name, block]) => [name, reference(block)]));
  const unresolvable = new Set<string>();
  for (const [start, first] of next) {
    const chain = [start];
    for (let step = first; step !== undefined; step = next.get(step.name)) {
      chain.push(step.name);
      const circle = step.name === start;
      if (!circle && chain.length <= DEEPEST + 1) continue;
      unresolvable.add(start);
      if (circle) first?.place.refuse(`token backends go round in a circle: ${chain.join(', ')}`);
      // What leads into another backend's circle is not to blame for it.
      else if (new Set(chain).size === chain.length) {
        first?.place.refuse(`leads through more than ${DEEPEST} token backends, or into a circle`);
      }
      break;
    }
  }
  return unresolvable;
}

/** The backend that a block, with the token backends nested in it, refers to by name. */
function reference({ oauth2 }: BackendBlock): { readonly name: string; readonly place: Place } | undefined {
  if (typeof oauth2?.backend === 'string') return { name: oauth2.backend, place: oauth2.place.at('backend') };
  return oauth2?.backend && reference(oauth2.backend);
}
