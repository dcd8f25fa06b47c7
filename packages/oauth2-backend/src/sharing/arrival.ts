/** Looks again and again for what another process brings. */

import { setTimeout as delay } from 'node:timers/promises';

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
