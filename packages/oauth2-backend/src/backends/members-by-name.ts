/** A read-only object whose members are made when first read, and that knows what it is not asked for by mistake. */

import { didYouMean } from '../definitions/schema/nearest-name.js';
import { UnknownBackendError } from '../errors.js';

/** What such an object stands for. */
export interface NamedMembers<T> {
  names(): readonly string[];
  /** @throws UnknownBackendError when there is none by this name */
  member(name: string): T;
}

/** The object. Reading an unknown name throws; what `await`, `JSON.stringify` and console output ask of any object is undefined. */
export function membersByName<T extends object>(members: NamedMembers<T>): Readonly<Record<string, T>> {
  return new Proxy(members, handler) as unknown as Readonly<Record<string, T>>;
}

/** What such an object stands for; `undefined` for any other value. */
export function membersOf(value: unknown): unknown {
  return (value as { [MEMBERS]?: unknown } | null | undefined)?.[MEMBERS];
}

/** Says which name may have been meant. */
export function unknownBackend(name: string, names: readonly string[]): UnknownBackendError {
  // In JavaScript it may be anything: an environment variable that is not set.
  const text = String(name)
    .slice(0, LONGEST)
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  return new UnknownBackendError(`no backend is named "${text}"${didYouMean(text, names)}`);
}

/** Characters of a name that are shown. */
const LONGEST = 100;

/** Known to this module alone: a WeakMap of objects that live for one request costs the garbage collector too much. */
const MEMBERS = Symbol('members');

const handler: ProxyHandler<NamedMembers<object>> = {
  get: (members, key) => (isName(key) ? members.member(key) : key === MEMBERS ? members : undefined),
  has: (members, key) => isName(key) && members.names().includes(key),
  ownKeys: (members) => [...members.names()],
  getOwnPropertyDescriptor: (members, key) =>
    isName(key) && members.names().includes(key)
      ? { get: () => members.member(key), enumerable: true, configurable: true }
      : undefined,
  getPrototypeOf: () => Object.prototype,
  set: () => false,
  defineProperty: () => false,
  deleteProperty: () => false,
  setPrototypeOf: () => false,
  preventExtensions: () => false,
};

function isName(key: string | symbol): key is string {
  return typeof key === 'string' && key !== 'then' && key !== 'toJSON';
}
