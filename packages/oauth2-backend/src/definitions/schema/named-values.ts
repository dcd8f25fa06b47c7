/** Names with one value or several: header modifiers and form parameters. */

import type { ValueFunction } from '../connection-definition.js';
import type { ComputedValues, NamedValues } from '../resolved.js';
import { entriesOf, isList, type Member, membersOf } from './members.js';
import type { Place } from './place.js';

/** A name with its values, and where it stands. */
export interface NamedValue {
  readonly name: string;
  readonly values: readonly string[];
  /** In place of the values. */
  readonly give?: ValueFunction | undefined;
  readonly place: Place;
}

/** How one kind of them is judged. */
export interface NamedValueRules {
  /** Gives the name as it will be used, or reports what is wrong with it. */
  readonly name: (name: string, place: Place) => string | undefined;
  /** Gives the value as it will be used, or reports what is wrong with it; `name` is the configured one. */
  readonly value: (value: unknown, place: Place, name: string) => string | undefined;
  /** Whether a function may give the values; default false. */
  readonly functions?: boolean;
}

/** Makes the rule for an object whose members are a string or an array of strings; no array may be empty, no name stand twice. */
export function namedValues(rules: NamedValueRules) {
  return function readNamedValues(value: unknown, place: Place): readonly NamedValue[] {
    const found = new Map<string, NamedValue>();
    for (const member of membersOf(value, place)) {
      if (member.value === undefined) continue;
      const name = rules.name(member.name, member.place);
      const give = rules.functions && typeof member.value === 'function' ? (member.value as ValueFunction) : undefined;
      const values = give ? Object.freeze([]) : readValues(member, rules);
      if (name === undefined || values === undefined) continue;
      if (found.has(name)) member.place.refuse('is given twice: its name differs in upper and lower case only');
      found.set(name, { name, values, give, place: member.place });
    }
    return [...found.values()];
  };
}

/** Gives what is kept of them once they are judged, without those that functions give; nothing when nothing was configured. */
export function namesWithValues(read: readonly NamedValue[] = []): NamedValues {
  const plain = read.filter(({ give }) => give === undefined);
  return Object.freeze(plain.map(({ name, values }) => Object.freeze([name, values] as const)));
}

/** The same with those that functions give. */
export function namesWithFunctions(read: readonly NamedValue[] = []): ComputedValues {
  return Object.freeze(read.map(({ name, values, give }) => Object.freeze([name, give ?? values] as const)));
}

function readValues({ name, value, place }: Member, rules: NamedValueRules): readonly string[] | undefined {
  if (!isList(value)) {
    const read = rules.value(value, place, name);
    return read === undefined ? undefined : Object.freeze([read]);
  }
  const entries = entriesOf(value, place);
  if (entries?.length === 0) return place.refuse('is empty: give at least one value, or leave it out');
  const values = entries?.map((entry) => rules.value(entry.value, entry.place, name));
  return values && Object.freeze(values.filter((each) => each !== undefined));
}
