/** The options of `createBackends`, checked like the configuration. */

import type { Dispatcher } from 'undici';
import type { Clock } from '../clock.js';
import { hintIn } from '../definitions/attributes/habits.js';
import { memberOf } from '../definitions/own-members.js';
import { givenOptions } from '../definitions/schema/given-options.js';
import type { Problem } from '../errors.js';
import { STORE_METHODS, type TokenStore } from '../sharing/token-store.js';
import type { TokenSource } from '../token.js';
import { foreignMajor } from '../transport/dispatcher-major.js';
import type { Logger } from './observation/logger.js';

/** What comes from code, not from configuration. */
export interface BackendsOptions {
  /**
   * Called as pino is, `(fields, message)`, on debug, info, warn, error; `console` and a logger of winston are called as they
   * want it. One-line messages, never a secret. Default: warnings, and the start and end of outages, go to `process.emitWarning`.
   */
  readonly logger?: Logger | undefined;
  /** Replaces the token source of the named backends: tests, tokens from elsewhere. */
  readonly tokens?: Readonly<Record<string, TokenSource>> | undefined;
  /** Replaces the connections of fetch, request, forward and token requests (undici's MockAgent in tests); of undici 7. It is not closed by `close()`. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Where time comes from. Default: the machine's clocks. */
  readonly clock?: Clock | undefined;
  /**
   * The most identities kept for each backend; the one least recently used goes first. Strangers - without a token, and not
   * verified - count apart: a tenth of it at most, at least one, and they push out each other only. Default 10 000.
   */
  readonly maxIdentities?: number | undefined;
  /**
   * How many identities that are not known, and strangers that ask again, may ask for a token in a second, for each
   * backend; ten times as many at once after a quiet time. The others get a TokenRequestError, and nothing is sent. Default 1 000.
   */
  readonly newIdentitiesPerSecond?: number | undefined;
  /** Shared with other processes: the fleet asks for each token once. Default: each process has its own tokens. */
  readonly store?: TokenStore | undefined;
}

const MEMBERS: Readonly<Record<keyof BackendsOptions, readonly string[]>> = {
  logger: ['debug', 'info', 'warn', 'error'],
  tokens: [],
  dispatcher: ['dispatch', 'compose'],
  clock: ['now', 'monotonic'],
  maxIdentities: [],
  newIdentitiesPerSecond: [],
  store: STORE_METHODS,
};

const hint = hintIn('options');

/** A copy of the options, and what is wrong with them. */
export function checkOptions(options: BackendsOptions): { options: BackendsOptions; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  // Without a prototype: what somebody put on `Object.prototype` is no option.
  const copy: Record<string, unknown> = Object.assign(Object.create(null), givenOptions(options));
  for (const [path, value] of Object.entries(copy)) {
    const members = Object.hasOwn(MEMBERS, path) ? MEMBERS[path as keyof BackendsOptions] : undefined;
    if (!members) problems.push({ path, message: `is no option${hint(path, Object.keys(MEMBERS))}` });
    else if (path === 'maxIdentities' || path === 'newIdentitiesPerSecond') problems.push(...wholeNumber(path, value));
    else if (path === 'dispatcher') problems.push(...dispatcherProblems(path, value, members));
    else if (value !== undefined) problems.push(...missing(path, value, members));
  }
  for (const [name, source] of Object.entries(copy['tokens'] ?? {})) {
    problems.push(...missing(`tokens.${name}`, source, ['token']));
  }
  if (problems.length === 0 && copy['store'] !== undefined)
    problems.push(...storeProblems(copy['store'] as TokenStore));
  return { options: copy, problems };
}

function wholeNumber(path: string, value: unknown): Problem[] {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) > 0)) return [];
  return [{ path, message: 'must be a whole number, 1 or more' }];
}

function dispatcherProblems(path: string, value: unknown, members: readonly string[]): Problem[] {
  const major = typeof value === 'object' && value !== null ? foreignMajor(value) : undefined;
  if (!major) return value === undefined ? [] : missing(path, value, members);
  const { its, ours } = major;
  return [
    { path, message: `is made with undici ${its}; it must be made with undici ${ours}, the one this library uses` },
  ];
}

function storeProblems(store: TokenStore): Problem[] {
  const { sealing } = store;
  const timeout = memberOf(store, 'timeout');
  const problems = missing('store.sealing', sealing, ['keysOf', 'seal', 'open']);
  if (timeout === undefined || (typeof timeout === 'number' && timeout >= 1 && timeout <= 10_000)) return problems;
  return [...problems, { path: 'store.timeout', message: 'must be a number of milliseconds, 1 to 10 000' }];
}

function missing(path: string, value: unknown, members: readonly string[]): Problem[] {
  if (typeof value !== 'object' || value === null) return [{ path, message: 'must be an object' }];
  const absent = members.filter((member) => typeof (value as Record<string, unknown>)[member] !== 'function');
  return absent.length === 0
    ? []
    : [{ path, message: `must have ${absent.map((member) => `${member}()`).join(', ')}` }];
}
