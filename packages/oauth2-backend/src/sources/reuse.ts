/** The building block for those who bring a token source of their own. */

import { type Clock, systemClock } from '../clock.js';
import { ownMembers } from '../definitions/own-members.js';
import type { TokenSource } from '../token.js';
import { FOR_ALL, type GrantSource } from '../token-request/grant-source.js';
import { NO_QUERY, ownQuery } from '../token-request/own-query.js';
import { keep } from './keep.js';

/** How `reuse` keeps a token. */
export interface ReuseOptions {
  /** Name for messages; default `token source`. */
  readonly name?: string | undefined;
  /** Where time comes from; default: the machine's clocks. */
  readonly clock?: Clock | undefined;
  /** Share of its life that a token is renewed ahead of its end, more than 0 and at most 0.9; default 0.25. */
  readonly renewBefore?: number | undefined;
  /** Milliseconds for a renewal as a whole; default 10 000. */
  readonly deadline?: number | undefined;
}

const OPTIONS = ['name', 'clock', 'renewBefore', 'deadline'];

/**
 * A token source that keeps the token of another, renews it in the background and asks once for all who wait.
 * It is one token for all: the source is told nothing of the request that asks.
 *
 * @example
 * const source = reuse({ token: async () => fetchTokenSomehow() });
 * @throws RangeError for a share or deadline out of range; TypeError for what is no token source, and no option
 */
export function reuse(source: TokenSource, options: ReuseOptions = {}): TokenSource {
  if (typeof (source as TokenSource | undefined)?.token !== 'function') {
    throw new TypeError('reuse needs a token source: an object with token()');
  }
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined) throw new TypeError(`"${unknown}" is no option of reuse`);
  const { name = 'token source', clock = systemClock, renewBefore = 0.25, deadline = 10_000 } = ownMembers(options);
  if (!(renewBefore > 0 && renewBefore <= 0.9)) throw new RangeError('renewBefore must be more than 0 and at most 0.9');
  if (!(deadline > 0 && deadline < 2 ** 31)) throw new RangeError('deadline must be a positive number of milliseconds');
  // One token for all who ask: what one caller's request says must not decide it.
  const shared: GrantSource = {
    ...FOR_ALL,
    token: ({ signal, refused } = NO_QUERY) => source.token({ signal, refused }),
  };
  const keeping = {
    name,
    clock,
    renewBefore: { fraction: renewBefore },
    deadline,
    shared: undefined,
    onEvent: undefined,
  };
  const kept = keep(shared, keeping);
  return { token: (query) => kept.token(ownQuery(query)), current: () => kept.current() };
}
