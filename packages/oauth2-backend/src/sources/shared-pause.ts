/** The pause of a token backend, which everybody who asks through it shares. */

import type { Clock } from '../clock.js';
import { type Pause, pause, transientLength } from './pause.js';

/** So many identities in a row: then it is not the trouble of one. */
const MANY = 3;
/** Milliseconds after which a trial that nobody has answered does not keep others from trying. */
const LONGEST_TRIAL = 2_000;

/** A pause with a door, through which each request goes. */
export interface SharedPause extends Pause {
  /**
   * Lets a request through, and gives what to call when the renewal is over: always while nothing is wrong; after a failure
   * one at a time. The others get a promise to wait for, and ask again.
   */
  enter(): (() => void) | Promise<void>;
  /** The request of an identity, which may be any object, failed as if the network or a gateway had stumbled. */
  stumbled(identity: object): void;
  /** Whether so many identities in a row have stumbled, without a success between them, that it concerns all. */
  down(): boolean;
  /** How many renewals were answered so far: silence towards one, while others are answered, is not everybody's. */
  answers(): number;
}

/** To be made once for each token backend. */
export function sharedPause(clock: Clock): SharedPause {
  const paused = pause(clock, transientLength);
  const stumblers = new Set<object>();
  let answers = 0;
  let trial: Promise<void> | undefined;

  return {
    ...paused,
    succeeded(began) {
      answers += 1;
      stumblers.clear();
      paused.succeeded(began);
    },
    enter() {
      if (trial) return trial;
      return paused.last() ? tryAlone() : () => {};
    },
    stumbled(identity) {
      if (stumblers.size < MANY) stumblers.add(identity);
    },
    down: () => stumblers.size >= MANY,
    answers: () => answers,
  };

  function tryAlone(): () => void {
    let end = () => {};
    const mine: Promise<void> = new Promise((resolve) => {
      end = () => {
        clearTimeout(timer);
        if (trial === mine) trial = undefined;
        resolve();
      };
    });
    const timer = setTimeout(() => end(), LONGEST_TRIAL).unref();
    trial = mine;
    return end;
  }
}
