/** How many identities that are not known may ask for a token: made-up ones must not become a load on the authorization server. */

import type { Clock } from '../clock.js';

/** Seconds whose new identities may come at once: after a restart all users are new. */
const BURST = 10;

interface NewIdentityRate {
  /** Whether one more is let in now. */
  admit(): boolean;
}

/**
 * Lets in so many a second, and ten times as many at once after a quiet time.
 *
 * @param options.onFull told once when somebody has to be sent away, until it is quiet again
 */
export function newIdentityRate(options: { clock: Clock; perSecond: number; onFull: () => void }): NewIdentityRate {
  const { clock, perSecond, onFull } = options;
  const most = BURST * perSecond;
  let left = most;
  let since = clock.monotonic();
  let told = false;

  return {
    admit() {
      const now = clock.monotonic();
      left = Math.min(most, left + (Math.max(0, now - since) / 1000) * perSecond);
      since = now;
      if (left === most) told = false;
      if (left >= 1) {
        left -= 1;
        return true;
      }
      if (!told) onFull();
      told = true;
      return false;
    },
  };
}
