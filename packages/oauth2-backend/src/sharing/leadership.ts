/** Who asks for the whole fleet: the process that holds the lease, for as long as it keeps saying so. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Budget } from './budget.js';
import type { SealedRecords } from './sealed-records.js';

const MAX_LEASE = 2_000;
const BEATS = 3;

/** Milliseconds after which a leader that has died is followed by another: 2 s, less where a renewal has less than 10 s. */
export function leaseLength(deadline: number): number {
  return Math.max(50, Math.ceil(Math.min(MAX_LEASE, deadline * 0.2)));
}

/** A process's name for itself as a leader, and milliseconds that its lease lasts. */
interface Lease {
  readonly fence: string;
  readonly ttl: number;
}

/** Asks for the lease within a budget; one that is granted later is given back. @returns the fence that holds it now */
export async function campaign(records: SealedRecords, lease: Lease, budget: Budget): Promise<string> {
  const asked = records.lease(lease);
  try {
    return await budget.spend(asked);
  } catch (error) {
    asked.then((holder) => (holder === lease.fence ? records.release(lease) : undefined)).catch(ignore);
    throw error;
  }
}

/**
 * Does the work of a leader: the lease is lengthened while it lasts, and ends with it.
 *
 * @param afterwards what belongs to the work, but nobody waits for it
 */
export async function lead<T>(
  records: SealedRecords,
  lease: Lease,
  { work, afterwards }: { work: () => Promise<T>; afterwards: (result: T) => Promise<void> },
): Promise<T> {
  const beat = setInterval(() => void records.lease(lease).catch(ignore), lease.ttl / BEATS).unref();
  const end = () => {
    clearInterval(beat);
    // Should it fail, the lease ends by itself.
    return records.release(lease).catch(ignore);
  };
  let ending = Promise.resolve();
  try {
    const result = await work();
    ending = afterwards(result);
    return result;
  } finally {
    records.writing(ending.catch(ignore).then(end));
  }
}

function ignore(): void {}

const WITH_ONE = 0.5;
const WITH_ALL = 0.75;
/** Milliseconds; a renewal without a limit is no reason to wait without one. */
const MAX_DEADLINE = 30_000;

/** The rest of a wait. */
interface Patience {
  over(): boolean;
  /** Milliseconds until it is. */
  left(): number;
  /** Another leader has begun: half of the deadline for it, three quarters of it for all of them. */
  renewed(): Patience;
}

/** Starts to wait. @param deadline milliseconds for the renewal of the process that waits */
export function startPatience(deadline: number): Patience {
  const whole = Math.min(deadline, MAX_DEADLINE);
  const end = performance.now() + whole * WITH_ALL;
  const start = (): Patience => {
    const turn = performance.now() + whole * WITH_ONE;
    const left = () => Math.max(0, Math.min(turn, end) - performance.now());
    return { over: () => left() === 0, left, renewed: start };
  };
  return start();
}

const POLL = { first: 30, factor: 1.3, last: 100 };

/** Settles only when something is found. */
export async function arrival<T>(look: () => Promise<T | undefined>, ended: AbortSignal): Promise<T> {
  try {
    for (let turn = 0; ; turn++) {
      await poll(turn, ended);
      const found = await look();
      if (found) return found;
    }
  } catch {
    return new Promise(() => {});
  }
}

/** The time before the next look: 15 to 100 ms, longer with each turn. */
export function poll(turn: number, signal: AbortSignal | undefined): Promise<void> {
  const length = Math.min(POLL.first * POLL.factor ** turn, POLL.last);
  return delay(length * (0.5 + Math.random() / 2), undefined, { signal });
}
