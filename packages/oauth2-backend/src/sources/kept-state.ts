/** What a kept token is up to. */

import type { KeptSource } from './kept-source.js';
import type { KeptToken } from './kept-token.js';
import type { Renewals } from './renewals.js';

type KeptState = ReturnType<KeptSource['state']>;

/** In one word, with its end and the last failure; it asks nobody. */
export function keptState(held: KeptToken, renewals: Renewals): KeptState {
  const { token } = held;
  const { pauses } = renewals;
  return {
    state: nameOf(held, renewals),
    ...(token && { expiresAt: held.end() }),
    last: pauses.last() ?? pauses.active(),
  };
}

function nameOf(held: KeptToken, { flight, pauses }: Renewals): KeptState['state'] {
  if (flight) return 'renewing';
  const unexpired = held.unexpired() !== undefined;
  if (pauses.last() || (pauses.active() && !unexpired)) return 'failing';
  if (unexpired) return 'fresh';
  return held.token ? 'expired' : 'none';
}
