/** A store that costs nobody more than its deadline: each operation is cut off, and after a failure none is made for a while. */

import type { Clock } from '../clock.js';
import { memberOf } from '../definitions/own-members.js';
import { startDeadline } from './deadline.js';
import type { TokenStore } from './token-store.js';

/** The store cannot be used now: go on without it. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}

/** What happens to a store. */
export type StoreEvent =
  | { readonly type: 'down'; readonly error: unknown }
  | { readonly type: 'up' }
  /** A record counts as absent: it is not ours, not for its key, too large, of another schema, or older than one seen before. */
  | { readonly type: 'record'; readonly reason: 'unreadable' | 'oversized' | 'malformed' | 'replayed' };

/** The same operations; each rejects with `StoreUnavailable` in time. */
export interface GuardedStore extends TokenStore {
  /** Milliseconds for an operation. */
  readonly timeout: number;
  /** It answers, but too late to be of use: that is a failure, too. */
  tooSlow(error: StoreUnavailable): void;
  /** Tells of a write and all that belongs to it, which must not be lost when the backends are closed. */
  writing(work: Promise<unknown>): void;
  /** Resolves when no write is under way; each operation has its deadline. */
  written(): Promise<void>;
  /** Hands an event to log and channels. */
  readonly report: (event: StoreEvent) => void;
}

const DEFAULT_TIMEOUT = 250;

/** Guards a store, one guard for all who use it in this process. */
export function guardedStore(
  store: TokenStore,
  { clock, report }: { clock: Clock; report: (event: StoreEvent) => void },
): GuardedStore {
  const timeout = memberOf(store, 'timeout') ?? DEFAULT_TIMEOUT;
  const gate = breaker(clock);
  const waiting = new Set<(error: StoreUnavailable) => void>();
  const writes = new Set<Promise<unknown>>();

  return {
    sealing: store.sealing,
    timeout,
    report,
    tooSlow: failed,
    writing(work) {
      const ended: Promise<unknown> = work.catch(ignore).finally(() => writes.delete(ended));
      writes.add(ended);
    },
    async written() {
      await Promise.all(writes);
    },
    get: (key) => run(() => store.get(key)),
    set: (key, record, options) => run(() => store.set(key, record, options)),
    lease: (key, options) =>
      run(
        () => store.lease(key, options),
        // Nobody uses a lease that came too late: it must not keep others waiting.
        (holder) => (holder === options.fence ? store.release(key, options) : undefined),
      ),
    release: (key, options) => run(() => store.release(key, options)),
  };

  function run<T>(operation: () => Promise<T>, late?: (result: T) => unknown): Promise<T> {
    if (!gate.enter()) return Promise.reject(new StoreUnavailable('the store has failed before'));
    return new Promise((resolve, reject) => {
      let over = false;
      const end = () => {
        over = true;
        stop();
        waiting.delete(fail);
      };
      const fail = (error: StoreUnavailable) => {
        end();
        reject(error);
      };
      const stop = startDeadline(timeout, () => failed(new Error(`no answer within ${timeout} ms`)));
      waiting.add(fail);
      start(operation).then(
        (result) => {
          if (over) return start(async () => late?.(result)).catch(ignore);
          end();
          if (gate.succeeded()) report({ type: 'up' });
          return resolve(result);
        },
        (error: unknown) => (over ? undefined : failed(error)),
      );
    });
  }

  /** Whoever waits has waited long enough: the store is the same for all. */
  function failed(error: unknown): void {
    const inUse = gate.failed();
    for (const fail of waiting) fail(new StoreUnavailable('the store failed', { cause: error }));
    if (inUse) report({ type: 'down', error });
  }
}

/** A throw before the first await is a rejection like any other. */
async function start<T>(operation: () => Promise<T>): Promise<T> {
  return operation();
}

function ignore(): void {}

const FIRST_PERIOD = 1_000;
const LAST_PERIOD = 30_000;
const JITTER = 0.15;

/** Whether the store may be used. */
interface Breaker {
  /** Whether this caller may use it; after a period one may, and the others when that has worked. */
  enter(): boolean;
  /** @returns whether it was in use before */
  failed(): boolean;
  /** @returns whether it was out of use before */
  succeeded(): boolean;
}

/** A breaker whose period grows from 1 s to 30 s while the store works no longer than the last period was. */
export function breaker(clock: Clock, random: () => number = Math.random): Breaker {
  let state: 'closed' | 'open' | 'trial' = 'closed';
  let period = 0;
  let until = 0;
  let closedAt = Number.NEGATIVE_INFINITY;

  return {
    enter() {
      if (state === 'open' && clock.monotonic() >= until) {
        state = 'trial';
        return true;
      }
      return state === 'closed';
    },
    failed() {
      const now = clock.monotonic();
      const wasClosed = state === 'closed';
      const lasting = wasClosed && now - closedAt > period;
      period = lasting ? FIRST_PERIOD : Math.min(Math.max(period * 2, FIRST_PERIOD), LAST_PERIOD);
      until = now + period * (1 + JITTER * random());
      state = 'open';
      return wasClosed;
    },
    succeeded() {
      const wasClosed = state === 'closed';
      if (!wasClosed) closedAt = clock.monotonic();
      state = 'closed';
      return !wasClosed;
    },
  };
}
