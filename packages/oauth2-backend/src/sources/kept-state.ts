/** What a kept token is up to. */

import type { HeldTokens } from './held-tokens.js';
import type { KeptSource } from './kept-source.js';
import type { Renewals } from './renewals.js';

type KeptState = ReturnType<KeptSource['state']>;

/** In one word, with its end and the last failure; it asks nobody. */
export function keptState(held: HeldTokens, renewals: Renewals): KeptState {
  const { inUse } = held;
  const { pauses } = renewals;
  return {
    state: nameOf(held, renewals),
    ...(inUse && { expiresAt: inUse.end }),
    last: pauses.last() ?? pauses.active(),
  };
}

function nameOf(held: HeldTokens, { flight, pauses }: Renewals): KeptState['state'] {
  if (flight) return 'renewing';
  const unexpired = held.unexpired() !== undefined;
  if (pauses.last() || (pauses.active() && !unexpired)) return 'failing';
  if (unexpired) return 'fresh';
  return held.inUse ? 'expired' : 'none';
}
