/** The calls that are under way, so that closing can wait for them, and end them. */

import { ClosedError } from '../errors.js';

export interface RunningCalls {
  /**
   * Starts a call; gives what to call when it is over.
   *
   * @param abort ends the call
   * @throws ClosedError after `close()`
   */
  begin(abort: (reason: Error) => void): () => void;
  /** Lets no call start any more. */
  close(): void;
  /** Resolves when no call is under way, at the latest after so many milliseconds. */
  idle(timeout: number): Promise<void>;
  /** Ends the calls that are left. */
  cut(): void;
}

/** The calls of one set of backends. */
export function runningCalls(): RunningCalls {
  // Not a Set: what has been in one for a while costs the garbage collector more than the rest of a request.
  const running: Running[] = [];
  let over = false;
  let wake = () => {};

  return {
    begin(abort) {
      if (over) throw closed();
      const call: Running = { abort, at: running.length };
      running.push(call);
      return () => {
        if (call.at < 0) return;
        remove(running, call);
        if (running.length === 0) wake();
      };
    },
    close() {
      over = true;
    },
    idle(timeout) {
      if (running.length === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, timeout);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    cut() {
      // Ending a call may take it out of the list.
      const left = [...running];
      for (const { abort } of left) abort(closed());
    },
  };
}

interface Running {
  readonly abort: (reason: Error) => void;
  /** Its place in the list, -1 when it is over. */
  at: number;
}

function remove(running: Running[], call: Running): void {
  const last = running.pop();
  if (last && last !== call) {
    running[call.at] = last;
    last.at = call.at;
  }
  call.at = -1;
}

function closed(): ClosedError {
  return new ClosedError('the backends were closed');
}
