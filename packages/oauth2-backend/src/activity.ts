/** The calls that are under way, so that closing can wait for them. */

import { ClosedError } from './errors.js';

/** Counts calls. */
export interface Activity {
  /** Starts a call; gives what to call when it is over. @throws ClosedError after `refuse()` */
  begin(): () => void;
  /** Lets no call start any more. */
  refuse(): void;
  /** Resolves when no call is under way, at the latest after so many milliseconds. */
  idle(timeout: number): Promise<void>;
}

/** No calls yet. */
export function activity(): Activity {
  let running = 0;
  let refused = false;
  let wake = () => {};
  const end = () => {
    running -= 1;
    if (running === 0) wake();
  };

  return {
    begin() {
      if (refused) throw new ClosedError('the backends were closed');
      running += 1;
      return end;
    },
    refuse() {
      refused = true;
    },
    idle(timeout) {
      if (running === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, timeout);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
