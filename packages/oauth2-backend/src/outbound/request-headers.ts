/** The headers of a request: read in every form a caller gives them, checked, and modified as the backend says. */

import type { HeaderModifiers, TokenField } from '../definitions/resolved.js';
import { AuthorizationHeaderError } from '../errors.js';

/** A header's name, spelled as given, and one value. */
type HeaderPair = [name: string, value: string];

interface OwnHeadersOptions {
  /** The backend's name, for the error. */
  readonly name: string;
  /** Whether the backend sends a token; if not, the caller may set everything. */
  readonly hasToken: boolean;
  readonly field: TokenField;
}

/**
 * All headers as pairs, from a plain object, `Headers`, a `Map`, an iterable of pairs, or undici's flat array. A list of
 * values gives as many pairs; `undefined` and `null` values are left out, as got does.
 *
 * @throws TypeError when it is none of these; the message holds no value.
 */
export function headerPairs(headers: unknown): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  eachHeader(headers, (name, value) => pairs.push([name, value]));
  return pairs;
}

/**
 * Refuses the headers that belong to a backend with a token: that of the token, `Host`, `Proxy-Authorization`, in any
 * spelling. Takes what `headerPairs` takes, and its result; an iterator that can be read only once must come as the latter.
 *
 * @throws AuthorizationHeaderError that names the header, never its value.
 */
export function assertOwnHeaders(headers: unknown, { name, hasToken, field }: OwnHeadersOptions): void {
  if (!hasToken || headers === undefined || headers === null) return;
  if (typeof headers === 'object' && !(Symbol.iterator in headers)) {
    for (const key of Object.keys(headers)) {
      if (isBackendsOwn(key, field) && isGiven((headers as Record<string, unknown>)[key])) throw backendsOwn(name, key);
    }
    return;
  }
  for (const [key] of headerPairs(headers)) if (isBackendsOwn(key, field)) throw backendsOwn(name, key);
}

/**
 * The same as one object with lower-case names, checked; a name given more than once has a list. `undefined` for none.
 *
 * @throws AuthorizationHeaderError, TypeError
 */
export function headerRecord(
  headers: unknown,
  owner: OwnHeadersOptions,
): Record<string, string | string[]> | undefined {
  if (headers === undefined || headers === null) return undefined;
  const record: Record<string, string | string[]> = {};
  eachHeader(headers, (name, value) => {
    const key = name.toLowerCase();
    if (owner.hasToken && isBackendsOwn(key, owner.field)) throw backendsOwn(owner.name, name);
    // `constructor` is a header like others, and `__proto__` too.
    const before = Object.hasOwn(record, key) ? record[key] : undefined;
    if (before === undefined && key !== '__proto__') record[key] = value;
    else put(record, key, before === undefined ? value : [before, value].flat());
  });
  return record;
}

/** Applies a backend's header modifiers - remove, set, add, in this order - to `headers`, whose names are lower case. */
export function applyHeaderModifiers(
  headers: Record<string, string | string[]>,
  { remove, set, add }: HeaderModifiers,
): void {
  if (remove.length === 0 && set.length === 0 && add.length === 0) return;
  for (const name of remove) delete headers[name];
  for (const [name, values] of set) headers[name] = oneOrMany(values);
  for (const [name, values] of add) {
    headers[name] = oneOrMany(Object.hasOwn(headers, name) ? [headers[name] ?? [], values].flat() : values);
  }
}

const BACKENDS_OWN = /^\s*(?:(?:proxy-)?authorization|host)\s*$/i;

/** `Authorization` is the caller's where the token stands elsewhere. */
function isBackendsOwn(name: string, { header }: TokenField): boolean {
  if (header === 'authorization') return BACKENDS_OWN.test(name);
  const bare = name.trim().toLowerCase();
  return bare === header || (BACKENDS_OWN.test(name) && bare !== 'authorization');
}

function put(record: object, key: string, value: string | string[]): void {
  Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
}

type Take = (name: string, value: string) => void;

function eachHeader(headers: unknown, take: Take): void {
  if (headers === undefined || headers === null) return;
  if (typeof headers !== 'object') throw new TypeError(`headers must be an object or a list, not a ${typeof headers}`);
  if (Array.isArray(headers) && !isPair(headers[0])) {
    if (headers.length % 2 === 1) throw new TypeError('a flat list of headers needs a value for each name');
    for (let index = 0; index < headers.length; index += 2) takeValues(headers[index], headers[index + 1], take);
  } else if (Symbol.iterator in headers) {
    for (const pair of headers as Iterable<unknown>) {
      if (!isPair(pair)) throw new TypeError('each of the headers must be a pair of name and value');
      takeValues(pair[0], pair[1], take);
    }
  } else {
    for (const name of Object.keys(headers)) takeValues(name, (headers as Record<string, unknown>)[name], take);
  }
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

function takeValues(name: unknown, value: unknown, take: Take): void {
  if (typeof name !== 'string') throw new TypeError(`the name of a header must be a string, not a ${typeof name}`);
  if (typeof value === 'string') take(name, value);
  else if (Array.isArray(value)) for (const one of value) takeOne(name, one, take);
  else takeOne(name, value, take);
}

function takeOne(name: string, value: unknown, take: Take): void {
  if (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint'
  ) {
    take(name, String(value));
  } else if (isGiven(value)) throw new TypeError(`header "${name}" must be a string, a number or a list of them`);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function backendsOwn(backend: string, header: string): AuthorizationHeaderError {
  return new AuthorizationHeaderError(
    `a request through backend "${backend}" may not set ${header.trim().toLowerCase()}: the backend does`,
    { backend },
  );
}

function oneOrMany(values: readonly string[]): string | string[] {
  const [first, ...others] = values;
  return first !== undefined && others.length === 0 ? first : [...values];
}
