/** The pause of a token backend, shared by all who ask through it: one finds out that it works again, the others wait for that. */

import type { Clock } from '../clock.js';
import { type Pause, pause } from './pause.js';

/** A pause with a door, through which each request goes. */
export interface SharedPause extends Pause {
  /**
   * Lets a request through, and gives what to call when the renewal is over: always while nothing is wrong; after a failure
   * one at a time. The others get a promise to wait for, and ask again.
   */
  enter(): (() => void) | Promise<void>;
  /** A request failed as if the network or gateway had stumbled; worth another attempt, unless several have done so. */
  stumbled(): void;
  /** Whether so many requests in a row have stumbled that it is no stumble. */
  down(): boolean;
}

const MAX_STUMBLES = 3;

/** One for each token backend. */
export function sharedPause(clock: Clock): SharedPause {
  const pausing = pause({ clock });
  let trial: Promise<void> | undefined;
  let stumbles = 0;

  return {
    ...pausing,
    succeeded(began) {
      stumbles = 0;
      pausing.succeeded(began);
    },
    enter() {
      if (trial) return trial;
      return pausing.last() ? tryAlone() : () => {};
    },
    stumbled() {
      stumbles += 1;
    },
    down: () => stumbles >= MAX_STUMBLES,
  };

  function tryAlone(): () => void {
    let end = () => {};
    trial = new Promise((resolve) => {
      end = () => {
        trial = undefined;
        resolve();
      };
    });
    return end;
  }
}
