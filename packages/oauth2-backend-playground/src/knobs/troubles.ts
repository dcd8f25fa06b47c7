/** What goes wrong at a server for a while: answers that fail, and answers that take long. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Knobs } from './knob.js';

export interface Troubles {
  /** `fail`, `slow` and `well`, which ends both. */
  readonly knobs: Knobs;
  /** Waits as long as the server is slow; gives the status to fail with, if any. `signal` ends the wait. */
  meet(signal: AbortSignal): Promise<number | undefined>;
  /** Which are on, with the seconds that are left. */
  on(): Record<string, unknown>;
}

interface Trouble {
  readonly value: number;
  /** As `now`. */
  readonly until: number;
}

/**
 * @param what of whom the knobs speak: `token request`
 * @param now milliseconds; the machine's monotonic clock unless given
 */
export function troubles(what: string, now: () => number = () => performance.now()): Troubles {
  let failing: Trouble | undefined;
  let slow: Trouble | undefined;
  const lasting = (trouble: Trouble | undefined) => (trouble && trouble.until > now() ? trouble : undefined);
  const left = ({ until }: Trouble) => Math.ceil((until - now()) / 1_000);
  return {
    knobs: {
      fail: {
        text: `For so long each ${what} is answered by that status.`,
        query: 'status=503&seconds=10',
        turn(query) {
          const [status, seconds] = [query.integer('status', 400, 599), query.integer('seconds', 1, 3_600)];
          failing = { value: status, until: now() + seconds * 1_000 };
          return { status, seconds };
        },
      },
      slow: {
        text: `For so long the answer to each ${what} takes those milliseconds longer.`,
        query: 'ms=2000&seconds=10',
        turn(query) {
          const [ms, seconds] = [query.integer('ms', 1, 600_000), query.integer('seconds', 1, 3_600)];
          slow = { value: ms, until: now() + seconds * 1_000 };
          return { ms, seconds };
        },
      },
      well: {
        text: 'Ends what fail and slow began.',
        query: '',
        turn() {
          failing = undefined;
          slow = undefined;
          return {};
        },
      },
    },
    async meet(signal) {
      const ms = lasting(slow)?.value;
      if (ms !== undefined) await pause(ms, undefined, { signal, ref: false });
      return lasting(failing)?.value;
    },
    on() {
      const [fail, delay] = [lasting(failing), lasting(slow)];
      return {
        ...(fail && { fail: { status: fail.value, seconds: left(fail) } }),
        ...(delay && { slow: { ms: delay.value, seconds: left(delay) } }),
      };
    },
  };
}
