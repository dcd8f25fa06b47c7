/** Where in the configuration something stands, and the list of what is wrong there. */

import type { Problem } from '../../errors.js';

/** A spot in the configuration at which problems can be reported. */
export interface Place {
  /** `billing.oauth2.params.resource[1]`; `''` for the whole. */
  readonly path: string;
  /** The place of a member or, for a number, of an array's entry. */
  at(member: string | number): Place;
  /** Reports what is wrong here and what would be right; `undefined`, so that a rule can return it as its value. */
  refuse(message: string): undefined;
}

/** Gives the place whose problems, and those of everything below it, are added to `problems`. */
export function placeIn(problems: Problem[], path = ''): Place {
  return {
    path,
    at: (member) => placeIn(problems, `${path}${segment(member, path === '')}`),
    refuse(message) {
      problems.push({ path, message });
      return undefined;
    },
  };
}

// A name from the configuration may be of any length and hold what would forge lines of a log or parts of a path.
const PLAIN = /^[^\s.[\]"'\\\p{C}]{1,64}$/u;

function segment(member: string | number, first: boolean): string {
  if (typeof member === 'number') return `[${member}]`;
  if (PLAIN.test(member)) return first ? member : `.${member}`;
  const shown = member.length > 64 ? `${member.slice(0, 64)}…` : member;
  return `[${JSON.stringify(shown).replaceAll(/\p{C}|[\u2028\u2029]/gu, '?')}]`;
}
