/** The identities that are known, in the order of last use: strangers, who have no token yet, apart from all others. */

import type { Clock } from '../clock.js';
import { TokenRequestError } from '../errors.js';
import type { IdentityPart } from '../token-request/identity.js';
import type { KeptSource } from './kept-source.js';
import { roundRobin } from './round-robin.js';

/** Milliseconds without use after which an identity goes whose token has ended; no pause after a refusal is longer. */
const IDLE = 300_000;
/** How many are looked at on the way of each call. */
const STEP = 2;
/** How many that are busy are passed over on the way of each call, to find one that may go. */
const MOST_BUSY = 100;
/** Milliseconds in which a stranger's token may still come when nobody waits any more: the same user's next call is likely. */
const GRACE = 1_000;
/** Strangers among the identities, at the most. */
const STRANGERS = 0.1;

/** Whose token is asked for. */
export interface Identification {
  /** The identity: cache key and flight key. */
  readonly key: string;
  /** The same in every process; absent where only this one can tell. */
  readonly whose?: IdentityPart;
  /** Whether the application has verified it: then it is no stranger. */
  readonly verified?: boolean | undefined;
}

interface Identity {
  readonly key: string;
  readonly source: KeptSource;
  /** Those who wait for its token: another entry for them would ask again. */
  callers: number;
  /** Milliseconds on the monotonic clock. */
  usedAt: number;
}

interface Identities {
  /**
   * The identity that a caller waits for; a new one where it is not known. To be left again.
   *
   * @throws what `admit` throws; TokenRequestError when there are too many busy strangers
   */
  enter(identification: Identification): Identity;
  /** It has got a token. */
  gotToken(identity: Identity): void;
  /** A caller waits no longer. The renewal of a stranger for whom nobody waits is ended, at once where there is no room. */
  leave(identity: Identity): void;
  all(): Iterable<Identity>;
  size(): number;
  /** How many had to go because there were too many. */
  evictions(): number;
}

/** How they are made and kept. */
export interface IdentitiesOptions {
  /** Name of the backend, for messages. */
  readonly name: string;
  /** A keeper for one identity; `whose` is the same in every process, absent where only this one can tell. */
  readonly make: (key: string, whose: IdentityPart, verified: boolean) => KeptSource;
  /** The most that are known; none with a renewal or a caller under way goes. A tenth of it, at least one, for strangers on top. */
  readonly max: number;
  /** Asked before one is made, and before a stranger asks again; throws when it must not be. */
  readonly admit: () => void;
  readonly clock: Clock;
}

/** Makes the register of a backend's identities. */
export function identities({ name, make, max, admit, clock }: IdentitiesOptions): Identities {
  const mostStrangers = Math.max(1, Math.floor(max * STRANGERS));
  // Two maps: whoever sends made-up identities must not make anybody look through those that are busy.
  const idle = new Map<string, Identity>();
  const busy = new Map<string, Identity>();
  const members = new Map<string, Identity>();
  const round = roundRobin([idle, members]);
  let evictions = 0;

  return {
    enter(identification) {
      const { key, verified } = identification;
      const identity = members.get(key) ?? (verified ? member(identification) : stranger(identification));
      identity.callers += 1;
      identity.usedAt = clock.monotonic();
      if (members.has(key)) use(identity);
      else {
        idle.delete(key);
        busy.set(key, identity);
      }
      dropIdle();
      return identity;
    },
    gotToken(identity) {
      if (busy.delete(identity.key)) use(identity);
    },
    leave(identity) {
      identity.callers -= 1;
      if (identity.callers > 0 || busy.get(identity.key) !== identity) return;
      busy.delete(identity.key);
      idle.set(identity.key, identity);
      if (identity.source.renewals.renewing()) setTimeout(settle, GRACE, identity).unref();
    },
    *all() {
      for (const group of [idle, busy, members]) yield* group.values();
    },
    size: () => idle.size + busy.size + members.size,
    evictions: () => evictions,
  };

  /** Puts it last among those that are no strangers, or are no longer. */
  function use(identity: Identity): void {
    members.delete(identity.key);
    members.set(identity.key, identity);
    evict(identity);
  }

  function member(identification: Identification): Identity {
    const { key } = identification;
    const known = busy.get(key) ?? idle.get(key) ?? admitted(identification);
    busy.delete(key);
    idle.delete(key);
    members.set(key, known);
    return known;
  }

  function stranger(identification: Identification): Identity {
    const { key } = identification;
    const waiting = busy.get(key);
    if (waiting) return waiting;
    if (busy.size >= mostStrangers) {
      throw new TokenRequestError(`too many identities without a token ask for one of "${name}" at the same time`, {
        backend: name,
      });
    }
    const known = idle.get(key);
    if (known) {
      if (known.source.renewals.wouldAsk()) admit();
      return known;
    }
    const made = admitted(identification);
    for (const oldest of idle.values()) {
      if (idle.size + busy.size < mostStrangers) break;
      if (settle(oldest)) continue;
      idle.delete(oldest.key);
      evictions += 1;
    }
    return made;
  }

  /** Ends the renewal of a stranger for whom nobody waits. Gives whether it has got a token meanwhile. */
  function settle(identity: Identity): boolean {
    if (idle.get(identity.key) !== identity) return false;
    if (identity.source.current()) {
      idle.delete(identity.key);
      use(identity);
      return true;
    }
    identity.source.renewals.abandon();
    return false;
  }

  function admitted({ key, whose, verified = false }: Identification): Identity {
    admit();
    return { key, source: make(key, whose, verified), callers: 0, usedAt: 0 };
  }

  /** No timer: whoever comes looks at the next two. */
  function dropIdle(): void {
    for (let step = 0; step < STEP; step++) {
      const found = round.next().value;
      if (!found) continue;
      const [group, identity] = found;
      if (clock.monotonic() - identity.usedAt < IDLE || isBusy(identity)) continue;
      const { expiresAt } = identity.source.state();
      if (expiresAt === undefined || expiresAt <= clock.now()) group.delete(identity.key);
    }
  }

  /** More than one where callers or renewals under way had kept others from going. */
  function evict(newest: Identity): void {
    if (members.size <= max) return;
    let passed = 0;
    for (const [key, identity] of members) {
      if (members.size <= max || passed > MOST_BUSY) return;
      if (identity === newest) continue;
      members.delete(key);
      if (isBusy(identity)) {
        // It is in use now.
        members.set(key, identity);
        passed += 1;
      } else {
        evictions += 1;
      }
    }
  }
}

function isBusy({ callers, source }: Identity): boolean {
  return callers > 0 || source.renewals.renewing();
}
