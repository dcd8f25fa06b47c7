/** Who asks for the whole fleet: the process that holds the lease, for as long as it keeps saying so. */

import type { SealedRecords } from '../store/sealed-records.js';

const MAX_LEASE = 2_000;
const BEATS = 3;

/** Milliseconds after which a leader that has died is followed by another: 2 s, less where a renewal has less than 10 s. */
export function leaseLength(deadline: number): number {
  return Math.max(50, Math.ceil(Math.min(MAX_LEASE, deadline * 0.2)));
}

/** Does the work of a leader: the lease is lengthened while it lasts, and ends with it. */
export async function lead<T>(
  records: SealedRecords,
  { fence, ttl }: { fence: string; ttl: number },
  work: () => Promise<T>,
): Promise<T> {
  const beat = setInterval(() => void records.lease({ fence, ttl }).catch(ignore), ttl / BEATS).unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    // Nobody has to wait for that: should it fail, the lease ends by itself.
    void records.release({ fence }).catch(ignore);
  }
}

function ignore(): void {}
