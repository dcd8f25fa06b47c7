/** A token source that asks once for a whole fleet of processes: what one has asked for the others find in a store. */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import type { GrantQuery, GrantSource } from '../grant-input.js';
import type { RefreshMemory } from '../refresh-memory.js';
import { StoreUnavailable } from '../store/guarded-store.js';
import type { SealedRecords } from '../store/sealed-records.js';
import type { StoredToken } from '../store/stored-token.js';
import type { AccessToken } from '../token.js';
import { lead, leaseLength } from './leadership.js';
import { lifetimeOf, reached, readClock } from './lifetime.js';
import { startPatience } from './patience.js';

/** How a source is shared. */
export interface SharedOptions {
  readonly records: SealedRecords;
  /** Where the source finds its refresh token. */
  readonly refresh: RefreshMemory;
  readonly clock: Clock;
  /** Milliseconds for a renewal as a whole. */
  readonly deadline: number;
}

/** What was given last. */
interface Held {
  readonly token: AccessToken;
  readonly order: number;
  /** Whether the fleet has it too. */
  readonly shared: boolean;
}

const MAX_AGE = 24 * 60 * 60 * 1000;
/** So many may ask one after the other without success before the others ask too. */
const MAX_LEADERS = 3;
const POLL = { first: 30, factor: 1.3, last: 100 };
/** A refresh token outlives the access token that it came with. */
const REFRESH_TTL = 24 * 60 * 60 * 1000;

/**
 * Between a keeper and the source that asks: gives the fleet's newer token, else asks for the fleet, else waits for whoever
 * asks. The store is never a reason to fail: without it the source is asked as if there were none.
 */
export function sharedSource(source: GrantSource, options: SharedOptions): GrantSource {
  const { records, refresh, clock, deadline } = options;
  const ttl = leaseLength(deadline);
  let held: Held | undefined;

  return {
    prepare: source.prepare,
    async token(query = {}) {
      const next = (await fromFleet(query).catch(withoutStore)) ?? (await alone(query));
      // What comes after the deadline has no caller any more.
      if (!query.signal?.aborted) held = next;
      return next.token;
    },
    async found(query) {
      const newer = (await look(query).catch(withoutStore))?.newer;
      if (newer) held = newer;
      return newer?.token;
    },
  };

  async function fromFleet(query: GrantQuery): Promise<Held> {
    const fence = randomUUID();
    const leaders = new Set<string>();
    let patience = startPatience(deadline);
    for (let turn = 0; ; turn++) {
      const { newer } = await look(query);
      if (newer) return newer;
      const leader = await records.lease({ fence, ttl });
      if (leader === fence) return lead(records, { fence, ttl }, () => ask(query, fence));
      if (!leaders.has(leader)) patience = patience.renewed();
      leaders.add(leader);
      if (leaders.size > MAX_LEADERS || patience.over()) return impatient(query);
      await poll(turn, query.signal);
    }
  }

  /** What the fleet has; it is taken when it is newer than what this process has had, and not close to its end. */
  async function look(query: GrantQuery): Promise<{ newer?: Held; order: number; refresh?: StoredToken['refresh'] }> {
    const found = await records.read();
    const [newest] = [...found].sort((a, b) => b.order - a.order);
    const last = { order: Math.max(held?.order ?? 0, newest?.order ?? 0), refresh: newest?.refresh };
    if (!newest || [query.refused, held?.token.value].includes(newest.token.value)) return last;
    if (held && newest.order < held.order) {
      if (held.shared) records.report({ type: 'record', reason: 'replayed' });
      return { order: last.order };
    }
    const { token, order } = newest;
    return isFresh(token) ? { ...last, newer: { token, order, shared: true } } : last;
  }

  function isFresh(token: AccessToken): boolean {
    const { hard } = lifetimeOf(token, readClock(clock), { fraction: 0.25 }, 0);
    return !reached(hard, clock) && clock.now() < token.issuedAt + MAX_AGE;
  }

  /** Asks for the fleet, unless somebody has done so just now. */
  async function ask(query: GrantQuery, fence: string): Promise<Held> {
    const { newer, order, refresh: common } = await look(query);
    if (newer) return newer;
    // A refresh token of the fleet's is used by its leader only: used twice, it would end them all (RFC 9700 §4.14.2).
    refresh.current ??= common;
    try {
      const token = await source.token(query);
      const next = { token, order: Math.max(clock.now(), order + 1), refresh: refresh.current };
      const shared = await share(next, fence);
      if (shared) refresh.current = undefined;
      return { ...next, shared };
    } finally {
      if (refresh.current === common) refresh.current = undefined;
    }
  }

  async function share(next: StoredToken, fence: string): Promise<boolean> {
    const left = Math.min(next.token.expiresAt - clock.now(), MAX_AGE) + (next.refresh ? REFRESH_TTL : 0);
    if (left <= 0) return false;
    return (await records.write(next, { ttl: Math.ceil(left), fence }).catch(withoutStore)) ?? false;
  }

  async function alone(query: GrantQuery): Promise<Held> {
    const token = await source.token(query);
    return { token, order: Math.max(clock.now(), (held?.order ?? 0) + 1), shared: false };
  }

  /** Whoever asks for the fleet is slow: asks too, and takes what comes first. */
  async function impatient(query: GrantQuery): Promise<Held> {
    const ended = new AbortController();
    try {
      return await Promise.race([alone(query), arrival(query, ended.signal)]);
    } finally {
      ended.abort();
    }
  }

  /** Settles only when there is a newer token. */
  async function arrival(query: GrantQuery, ended: AbortSignal): Promise<Held> {
    try {
      for (let turn = 0; ; turn++) {
        await poll(turn, ended);
        const { newer } = await look(query);
        if (newer) return newer;
      }
    } catch {
      return new Promise(() => {});
    }
  }

  function poll(turn: number, signal: AbortSignal | undefined): Promise<void> {
    const length = Math.min(POLL.first * POLL.factor ** turn, POLL.last);
    return delay(length * (0.5 + Math.random() / 2), undefined, { signal });
  }
}

/** What only the store is to blame for is no failure. */
function withoutStore(error: unknown): undefined {
  if (!(error instanceof StoreUnavailable)) throw error;
}
