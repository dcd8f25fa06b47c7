/** The identities that are known, in the order of last use: at most so many, those without a token the first to go. */

import type { Clock } from '../clock.js';
import type { IdentityPart } from '../token-request/identity.js';
import type { KeptSource } from './kept-source.js';

/** Milliseconds without use after which an identity goes whose token has ended; no pause after a refusal is longer. */
const IDLE = 300_000;
/** How many are looked at on the way of each call. */
const STEP = 2;

interface Identity {
  readonly source: KeptSource;
  /** Those who wait for its token: another entry for them would ask again. */
  callers: number;
}

interface Identities {
  /** The identity of this key, which is used now; a new one where it is not known. @throws what `admit` throws */
  use(key: string, whose?: IdentityPart): Identity;
  /** It has got a token. */
  gotToken(key: string): void;
  all(): Iterable<Identity>;
  size(): number;
  /** How many had to go because there were too many. */
  evictions(): number;
}

/** How they are made and kept. */
export interface IdentitiesOptions {
  /** A keeper for one identity; `whose` is the same in every process, absent where only this one can tell. */
  readonly make: (key: string, whose: IdentityPart) => KeptSource;
  /** The most that are known; none with a renewal or a caller under way goes. */
  readonly max: number;
  /** Asked before one is made; throws when it must not be. */
  readonly admit: () => void;
  readonly clock: Clock;
}

interface Entry extends Identity {
  /** Milliseconds on the monotonic clock. */
  usedAt: number;
}

/** Makes the register of a backend's identities. */
export function identities(options: IdentitiesOptions): Identities {
  const { make, max, admit, clock } = options;
  // Apart, so that made-up identities, which never get a token, push out each other and nobody else.
  const strangers = new Map<string, Entry>();
  const holders = new Map<string, Entry>();
  const groups = [strangers, holders];
  const round = walk(groups);
  let evictions = 0;

  return {
    use(key, whose) {
      const group = holders.has(key) ? holders : strangers;
      const entry = group.get(key) ?? admitted(key, whose);
      entry.usedAt = clock.monotonic();
      group.delete(key);
      group.set(key, entry);
      dropIdle();
      evict(key);
      return entry;
    },
    gotToken(key) {
      const entry = strangers.get(key);
      if (!entry) return;
      strangers.delete(key);
      holders.set(key, entry);
    },
    *all() {
      for (const group of groups) yield* group.values();
    },
    size,
    evictions: () => evictions,
  };

  function size(): number {
    return strangers.size + holders.size;
  }

  function admitted(key: string, whose: IdentityPart): Entry {
    admit();
    return { source: make(key, whose), callers: 0, usedAt: 0 };
  }

  /** No timer: whoever comes looks at the next two. */
  function dropIdle(): void {
    for (let step = 0; step < STEP; step++) {
      const found = round.next().value;
      if (!found) continue;
      const [group, key, entry] = found;
      if (clock.monotonic() - entry.usedAt < IDLE || isBusy(entry)) continue;
      const { expiresAt } = entry.source.state();
      if (expiresAt === undefined || expiresAt <= clock.now()) group.delete(key);
    }
  }

  /** More than one where callers or renewals under way had kept others from going. */
  function evict(newest: string): void {
    for (const group of groups) {
      for (const [key, entry] of group) {
        if (size() <= max) return;
        if (key === newest || isBusy(entry)) continue;
        group.delete(key);
        evictions += 1;
      }
    }
  }
}

function isBusy({ callers, source }: Entry): boolean {
  return callers > 0 || source.state().state === 'renewing';
}

/** Round and round, however the maps change meanwhile; nothing where they are empty. */
function* walk(
  groups: readonly Map<string, Entry>[],
): Generator<[Map<string, Entry>, string, Entry] | undefined, undefined> {
  for (;;) {
    for (const group of groups) for (const [key, entry] of group) yield [group, key, entry];
    yield undefined;
  }
}
