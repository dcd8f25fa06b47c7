/** How often a resource server's 401 may cost a token request: an API that refuses everything must not become a load on the authorization server. */

import type { Clock } from '../clock.js';

const BURST = 5;
const DISTANCE = 12_000;
const MAX_DISTANCE = 600_000;

/** A budget of forced renewals: a burst of 5, then one each 12 s, the distance doubling to 10 min while repeats keep being refused. */
export interface RefusalBudget {
  /** Takes one, if there is one left. */
  take(): boolean;
  /** A repeat with a renewed token was answered 401 again. */
  refusedAgain(): void;
  /** A repeat was answered otherwise: the budget is whole again. */
  accepted(): void;
}

/** A full budget. @param onSpent told once each time it runs out */
export function refusalBudget(clock: Clock, onSpent: () => void = () => {}): RefusalBudget {
  let left = BURST;
  let distance = DISTANCE;
  let since = clock.monotonic();
  let judged = true;
  let told = false;

  return {
    take() {
      const now = clock.monotonic();
      const earned = Math.floor((now - since) / distance);
      const spent = left === 0;
      const full = left + earned >= BURST;
      left = full ? BURST : left + earned;
      since = full ? now : since + earned * distance;
      if (full) told = false;
      if (left === 0) {
        if (!told) onSpent();
        told = true;
        return false;
      }
      left -= 1;
      judged = !spent;
      return true;
    },
    refusedAgain() {
      // Many requests may repeat with one renewed token: they count once. The burst does not lengthen the first distance.
      if (!judged) distance = Math.min(distance * 2, MAX_DISTANCE);
      judged = true;
    },
    accepted() {
      left = BURST;
      distance = DISTANCE;
      told = false;
    },
  };
}
