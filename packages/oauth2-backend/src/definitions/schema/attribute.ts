/** Reading a block of the configuration, attribute by attribute. */

import { ownMembers } from '../own-members.js';
import { isNamedMembers, kindOf, membersOf } from './members.js';
import { didYouMean, type Hint } from './nearest-name.js';
import type { Place } from './place.js';

/** How one attribute of a block is read. */
export interface Attribute<T = unknown> {
  /** What is wanted, in words, of one that must not be missing: `scheme://host[:port]`. */
  readonly required?: string;
  /** What holds when it is not configured, in the form in which it would be configured; read by the same rule. */
  readonly default?: string | number | boolean | readonly number[];
  /** The rule: gives the meaning of a configured value, or reports what is wrong and gives `undefined`. */
  readonly read: (value: unknown, place: Place) => T | undefined;
}

/** The attributes of a block by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** What the attributes of a block mean; `undefined` where nothing, or nothing valid, was configured. */
type Values<A extends Attributes> = {
  readonly [N in keyof A]: A[N] extends { default: unknown } ? Meaning<A[N]> : Meaning<A[N]> | undefined;
};

type Meaning<A> = A extends Attribute<infer T> ? T : never;

/** A block that was read. */
export interface Block<A extends Attributes> {
  readonly place: Place;
  readonly values: Values<A>;
  /** The attributes that were configured, validly or not. */
  readonly given: ReadonlySet<keyof A>;
  /** The attributes that were configured, and not validly. */
  readonly invalid: ReadonlySet<keyof A>;
}

/** One attribute of a block that was read. */
export interface Given<T> {
  readonly name: string;
  readonly place: Place;
  /** Whether it was configured, validly or not. */
  readonly given: boolean;
  /** What it means; `undefined` where nothing, or nothing valid, was configured. */
  readonly value: T | undefined;
}

/** Gives one attribute of a block, for the rules that look at several. */
export function attributeOf<A extends Attributes, N extends keyof A & string>(
  { place, values, given }: Block<A>,
  name: N,
): Given<Meaning<A[N]>> {
  return { name, place: place.at(name), given: given.has(name), value: values[name] };
}

/** Makes the rule for an attribute that is a block of its own. @param hint says what was meant by an unknown attribute */
export function blockOf<const A extends Attributes>(attributes: A, hint?: Hint) {
  return function readNested(value: unknown, place: Place): Block<A> | undefined {
    if (!isNamedMembers(value)) return place.refuse(`must be an object, not ${kindOf(value)}`);
    return readBlock(value, attributes, place, hint);
  };
}

/** Reads a block by its description; reports unknown attributes with what was meant, wrong values and missing attributes. */
export function readBlock<const A extends Attributes>(
  value: unknown,
  attributes: A,
  place: Place,
  hint: Hint = didYouMean,
): Block<A> {
  const names = Object.keys(attributes);
  const values = new Map<string, unknown>();
  const given = new Set<string>();
  const invalid = new Set<string>();
  const wanted = (name: string, here: Place): boolean => {
    if (names.includes(name)) {
      given.add(name);
      return true;
    }
    here.refuse(`unknown attribute${hint(name, names)}`);
    return false;
  };
  for (const member of membersOf(value, place, wanted)) {
    if (member.value === undefined) given.delete(member.name);
    else values.set(member.name, attributes[member.name]?.read(member.value, member.place));
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    const here = place.at(name);
    const { required, default: preset, read } = ownMembers<Attribute>(attribute);
    if (required !== undefined && isNamedMembers(value) && !given.has(name)) here.refuse(`is missing: ${required}`);
    if (values.get(name) !== undefined) continue;
    if (given.has(name)) invalid.add(name);
    if (preset !== undefined) values.set(name, read(preset, here));
  }
  return { place, values: ownMembers(Object.fromEntries(values) as Values<A>), given, invalid };
}
