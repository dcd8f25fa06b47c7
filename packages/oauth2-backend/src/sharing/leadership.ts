/** Who asks for the whole fleet: the process that holds the lease, for as long as it keeps saying so. */

import type { Budget } from './budget.js';
import type { SealedRecords } from './sealed-records.js';

const MAX_LEASE = 2_000;
const BEATS = 3;

/** Milliseconds after which a leader that has died is followed by another: 2 s, less where a renewal has less than 10 s. */
export function leaseLength(deadline: number): number {
  return Math.max(50, Math.ceil(Math.min(MAX_LEASE, deadline * 0.2)));
}

/** A process's name for itself as a leader, and milliseconds that its lease lasts. */
export interface Lease {
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
    void records.release(lease).catch(ignore);
  };
  let ending = Promise.resolve();
  try {
    const result = await work();
    ending = afterwards(result);
    return result;
  } finally {
    void ending.catch(ignore).finally(end);
  }
}

function ignore(): void {}
