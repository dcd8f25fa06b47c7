/** The pause of a token backend, shared by all who ask through it: one finds out that it works again, the others wait for that. */

import type { Clock } from '../clock.js';
import { type Pause, pause } from './pause.js';

/** A pause with a door. */
export interface SharedPause extends Pause {
  /**
   * Lets an attempt through: at once while nothing is wrong; after a failure one at a time, the others wait until it has
   * ended. Gives what to call when the attempt is over.
   */
  enter(): Promise<() => void> | undefined;
}

/** One for each token backend. */
export function sharedPause(clock: Clock): SharedPause {
  const pausing = pause({ clock });
  let trial: Promise<void> | undefined;

  return {
    ...pausing,
    enter: () => (pausing.last() ? tryAlone() : undefined),
  };

  async function tryAlone(): Promise<() => void> {
    while (trial) await trial;
    // The trial went well, or another has started one: while the pause is on nobody does, and the caller looks.
    if (!pausing.last() || pausing.active()) return () => {};
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
