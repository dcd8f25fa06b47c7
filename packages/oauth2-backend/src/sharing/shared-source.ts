/** A token source that asks once for a whole fleet of processes: what one has asked for the others find in a store. */

import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import { lifetimeOf, reached, readClock } from '../sources/lifetime.js';
import type { AccessToken } from '../token.js';
import type { GrantQuery, GrantSource, RefreshMemory } from '../token-request/grant-source.js';
import { NO_QUERY } from '../token-request/own-query.js';
import { type Budget, startBudget } from './budget.js';
import { StoreUnavailable } from './guarded-store.js';
import { arrival, campaign, lead, leaseLength, poll, startPatience } from './leadership.js';
import type { SealedRecords } from './sealed-records.js';
import type { StoredToken } from './stored-token.js';

/** How a source is shared. */
interface SharedOptions {
  readonly records: SealedRecords;
  /** Where the source finds its refresh token. */
  readonly refresh: RefreshMemory;
  readonly clock: Clock;
  /** Milliseconds for a renewal as a whole. */
  readonly deadline: number;
}

interface Held {
  readonly token: AccessToken;
  readonly order: number;
  /** Whether the fleet has it too. */
  shared: boolean;
}

/** What the fleet has. */
interface Look extends Pick<StoredToken, 'order' | 'refresh'> {
  readonly newer: Held | undefined;
}

/** The token that was asked for here, and what follows from it for the fleet. */
interface Asked {
  readonly held: Held;
  /** To be written; absent where the fleet had it already. */
  readonly stored: StoredToken | undefined;
}

const MAX_AGE = 24 * 60 * 60 * 1000;
/** So many may ask one after the other without success before the others ask too. */
const MAX_LEADERS = 3;
/** No more of a renewal's time is the store's, for all that it does before the request. */
const STORE_SHARE = 0.45;
/** A refresh token outlives the access token that it came with. */
const REFRESH_TTL = 24 * 60 * 60 * 1000;

/**
 * Between a keeper and the source that asks: gives the fleet's newer token, else asks for the fleet, else waits for whoever
 * asks. The store is never a reason to fail: without it the source is asked as if there were none.
 */
export function sharedSource(source: GrantSource, options: SharedOptions): GrantSource {
  const { records, refresh, clock, deadline } = options;
  const ttl = leaseLength(deadline);
  const allowance = Math.min(records.timeout, deadline * STORE_SHARE);
  let held: Held | undefined;
  /** The last token is on its way into the store. */
  let writing: Promise<void> | undefined;

  return {
    prepare: source.prepare,
    async token(query = NO_QUERY) {
      // What an API has demanded of this process the fleet's tokens need not have.
      const next = (!query.demands && (await fromFleet(query).catch(withoutStore))) || (await alone(query));
      // What comes after the deadline has no caller any more.
      if (!query.signal?.aborted) held = next;
      return next.token;
    },
    async found(query) {
      if (query.demands) return undefined;
      const newer = (await look(query).catch(withoutStore))?.newer;
      if (newer) held = newer;
      return newer?.token;
    },
  };

  async function fromFleet(query: GrantQuery): Promise<Held> {
    let fence: string | undefined;
    const leaders = new Set<string>();
    let patience = startPatience(deadline);
    for (let turn = 0; ; turn++) {
      const budget = start(patience.left());
      let leader: string;
      try {
        if (writing) await budget.spend(writing);
        const { newer } = await budget.spend(look(query));
        if (newer) return newer;
        // Made when it is needed: most find the token.
        fence ??= randomUUID();
        leader = await campaign(records, { fence, ttl }, budget);
        if (leader === fence) return await ask(query, fence, budget);
      } catch (error) {
        if (error instanceof StoreUnavailable && patience.over()) return await impatient(query);
        throw error;
      } finally {
        budget.end();
      }
      if (!leaders.has(leader)) patience = patience.renewed();
      leaders.add(leader);
      if (leaders.size > MAX_LEADERS || patience.over()) return impatient(query);
      await poll(turn, query.signal);
    }
  }

  /** A store that takes too long for a renewal counts as failed; one for which a renewal has less time than usual does not. */
  function start(patience: number): Budget {
    const milliseconds = Math.min(allowance, patience);
    return startBudget(milliseconds, milliseconds < records.timeout ? () => {} : records.tooSlow);
  }

  /** What the fleet has; it is taken when it is newer than what this process has had, and not close to its end. */
  async function look(query: GrantQuery): Promise<Look> {
    const found = await records.read();
    const [newest] = [...found].sort((a, b) => b.order - a.order);
    const last: Look = {
      newer: undefined,
      order: Math.max(held?.order ?? 0, newest?.order ?? 0),
      refresh: newest?.refresh,
    };
    if (!newest || [query.refused, held?.token.value].includes(newest.token.value)) return last;
    if (held && newest.order < held.order) {
      if (held.shared) records.report({ type: 'record', reason: 'replayed' });
      return { ...last, refresh: undefined };
    }
    const { token, order } = newest;
    return isFresh(token) ? { ...last, newer: { token, order, shared: true } } : last;
  }

  function isFresh(token: AccessToken): boolean {
    const { hard } = lifetimeOf(token, readClock(clock), { fraction: 0.25 }, 0);
    return !reached(hard, clock) && clock.now() < token.issuedAt + MAX_AGE;
  }

  /** Asks for the fleet, unless somebody has done so just now. The caller need not wait until the fleet has the token. */
  async function ask(query: GrantQuery, fence: string, budget: Budget): Promise<Held> {
    const afterwards = (asked: Asked): Promise<void> => {
      const written: Promise<void> = share(asked, fence, () => writing === written).finally(() => {
        if (writing === written) writing = undefined;
      });
      writing = written;
      return written;
    };
    const asked = await lead(records, { fence, ttl }, { work: () => askOnce(query, budget), afterwards });
    return asked.held;
  }

  async function askOnce(query: GrantQuery, budget: Budget): Promise<Asked> {
    const { newer, order, refresh: common } = await budget.spend(look(query));
    if (newer) return { held: newer, stored: undefined };
    budget.end();
    // A refresh token of the fleet's is used by its leader only: used twice, it would end them all (RFC 9700 §4.14.2).
    refresh.current ??= common;
    try {
      const token = await source.token(query);
      const stored = { token, order: Math.max(clock.now(), order + 1), refresh: refresh.current };
      return { held: { token, order: stored.order, shared: false }, stored };
    } finally {
      if (refresh.current === common) refresh.current = undefined;
    }
  }

  /** Never rejects. @param isLast whether nothing has been asked for since */
  async function share({ held: next, stored }: Asked, fence: string, isLast: () => boolean): Promise<void> {
    if (!stored) return;
    const left = Math.min(stored.token.expiresAt - clock.now(), MAX_AGE) + (stored.refresh ? REFRESH_TTL : 0);
    if (left <= 0) return;
    next.shared = await records.write(stored, { ttl: Math.ceil(left), fence }).catch(() => false);
    // What the fleet has is used by its leader only, and no longer from here.
    if (next.shared && isLast() && refresh.current === stored.refresh) refresh.current = undefined;
  }

  async function alone(query: GrantQuery): Promise<Held> {
    writing = undefined;
    const token = await source.token(query);
    return { token, order: Math.max(clock.now(), (held?.order ?? 0) + 1), shared: false };
  }

  /** Whoever asks for the fleet is slow: asks too, and takes what comes first. */
  async function impatient(query: GrantQuery): Promise<Held> {
    const ended = new AbortController();
    try {
      const found = async () => (await look(query)).newer;
      return await Promise.race([alone(query), arrival(found, ended.signal)]);
    } finally {
      ended.abort();
    }
  }
}

/** What only the store is to blame for is no failure. */
function withoutStore(error: unknown): undefined {
  if (!(error instanceof StoreUnavailable)) throw error;
}
