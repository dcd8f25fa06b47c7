/** Who is admitted to ask for a token: not everybody at once. */

import type { Clock } from '../clock.js';
import { TokenRequestError } from '../errors.js';
import { newIdentityRate } from '../sources/new-identity-rate.js';

/** Gives what throws a TokenRequestError while too many new identities ask for this backend's token; one warning says so. */
export function admission(options: {
  name: string;
  clock: Clock;
  warn: (message: string, backend: string) => void;
  newIdentitiesPerSecond: number;
}): () => void {
  const { name, clock, warn, newIdentitiesPerSecond: perSecond } = options;
  const onFull = () =>
    warn(`backend "${name}": more than ${perSecond} new identities a second; others are sent away`, name);
  const rate = newIdentityRate({ clock, perSecond, onFull });

  return () => {
    if (rate.admit()) return;
    throw new TokenRequestError(
      `too many new identities ask for a token of "${name}": more than ${perSecond} a second`,
      { backend: name },
    );
  };
}
