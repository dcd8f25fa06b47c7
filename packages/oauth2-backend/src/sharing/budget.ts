/** The time that several operations on a store have together. */

import { startDeadline } from './deadline.js';
import { StoreUnavailable } from './guarded-store.js';

/** The time that the store's operations of one renewal may take together. */
export interface Budget {
  /** Waits for an operation while there is time. @throws StoreUnavailable */
  spend<T>(operation: Promise<T>): Promise<T>;
  /** Nothing more is to be done. */
  end(): void;
}

/** Starts to count. @param onOver told when the time is over before `end()` */
export function startBudget(milliseconds: number, onOver: (error: StoreUnavailable) => void): Budget {
  let reject = (_error: StoreUnavailable) => {};
  const over = new Promise<never>((_resolve, rejectOver) => {
    reject = rejectOver;
  });
  // It may be over while nobody waits.
  over.catch(() => {});
  const end = startDeadline(milliseconds, () => {
    const error = new StoreUnavailable(`no token or lease within ${Math.round(milliseconds)} ms`);
    reject(error);
    onOver(error);
  });
  return { spend: (operation) => Promise.race([operation, over]), end };
}
