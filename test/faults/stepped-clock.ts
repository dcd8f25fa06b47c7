/** An injected clock for what also waits in real time. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from 'oauth2-backend';

export interface SteppedClock extends Clock {
  advance(milliseconds: number): void;
  /**
   * Lets so much time pass, for the clock as in the world, and calls back at each step. A step never counts for more than
   * it was meant to take: on a busy machine the clock goes slow, and what is measured by it is not late.
   *
   * @param step gives `true` when it has seen enough
   */
  walk(milliseconds: number, step: () => Promise<boolean | undefined> | boolean | undefined): Promise<void>;
}

/** Milliseconds. */
const STEP = 50;

/** Stands still until it is moved. */
export function steppedClock(): SteppedClock {
  let time = 1_000_000;
  const read = () => time;
  return {
    now: read,
    monotonic: read,
    advance(milliseconds) {
      time += milliseconds;
    },
    async walk(milliseconds, step) {
      for (const end = time + milliseconds; time < end; ) {
        const start = performance.now();
        if (await step()) return;
        await delay(STEP - 10);
        time += Math.min(performance.now() - start, STEP);
      }
    },
  };
}
