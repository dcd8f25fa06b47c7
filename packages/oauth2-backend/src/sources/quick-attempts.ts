/** The attempts inside one renewal: a stumble of the network or a gateway is tried again at once. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import type { AccessToken } from '../token.js';
import type { GrantQuery, GrantSource } from '../token-request/grant-source.js';
import { retryAfterOf } from '../token-request/retry-after.js';
import { failureKind } from './failure.js';
import { type Instant, readClock } from './lifetime.js';

/** Milliseconds before the second and third attempt, at the least; up to twice that at the most. */
const QUICK_PAUSES = [50, 200];

/** What a renewal brings. */
export interface Renewed {
  readonly token: AccessToken;
  /** When it was asked for: just before the attempt that brought it. */
  readonly asked: Instant;
  /** Whether it ends with what it was given for: a newer one would end at the same instant. */
  readonly cut: boolean;
}

/** Asks the source until it gives a token or asking again is of no use: three times at the most. */
export async function quickAttempts(
  source: GrantSource,
  query: GrantQuery,
  options: { clock: Clock; mayRepeat: () => boolean; onStumble: () => void },
): Promise<Renewed> {
  // Where something has failed before, one attempt is enough.
  const pauses = options.mayRepeat() ? QUICK_PAUSES : [];
  for (let attempt = 0; ; attempt++) {
    const asked = readClock(options.clock);
    try {
      const token = await source.token(query);
      return { token, asked, cut: token.expiresAt === query.input?.expiresAt };
    } catch (error) {
      const pause = pauses[attempt];
      if (!failureKind(error).quick || retryAfterOf(error) !== undefined) throw error;
      options.onStumble();
      if (pause === undefined || !options.mayRepeat()) throw error;
      await delay(pause * (1 + Math.random()), undefined, { signal: query.signal });
      // Others may have found out meanwhile that it is no stumble.
      if (!options.mayRepeat()) throw error;
    }
  }
}
