/** The calls that are under way, so that closing can wait for them, and end them. */

import { ClosedError } from './errors.js';

/** Knows the calls. */
export interface Activity {
  /**
   * Starts a call; gives what to call when it is over.
   *
   * @param abort ends the call
   * @throws ClosedError after `refuse()`
   */
  begin(abort: (reason: Error) => void): () => void;
  /** Lets no call start any more. */
  refuse(): void;
  /** Resolves when no call is under way, at the latest after so many milliseconds. */
  idle(timeout: number): Promise<void>;
  /** Ends the calls that are left. */
  cut(): void;
}

/** No calls yet. */
export function activity(): Activity {
  const running = new Set<{ readonly abort: (reason: Error) => void }>();
  let refused = false;
  let wake = () => {};

  return {
    begin(abort) {
      if (refused) throw closed();
      const call = { abort };
      running.add(call);
      return () => {
        running.delete(call);
        if (running.size === 0) wake();
      };
    },
    refuse() {
      refused = true;
    },
    idle(timeout) {
      if (running.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, timeout);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    cut() {
      for (const { abort } of running) abort(closed());
    },
  };
}

function closed(): ClosedError {
  return new ClosedError('the backends were closed');
}
