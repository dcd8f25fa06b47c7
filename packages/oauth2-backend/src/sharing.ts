/** Puts the tokens of an `oauth2` block into a store that other processes share. */

import type { Clock } from './clock.js';
import type { ResolvedOAuth2 } from './definitions/resolved.js';
import type { GrantSource } from './grant-input.js';
import type { IdentityPart } from './identity.js';
import { fleetDigests, identityOf } from './oauth2-identity.js';
import type { RefreshMemory } from './refresh-memory.js';
import { sharedSource } from './sources/shared.js';
import type { GuardedStore } from './store/guarded-store.js';
import { sealedRecords } from './store/sealed-records.js';

/** Shares one identity's source; `whose` is what the context of a request adds to the block's identity. */
export type Share = (source: GrantSource, refresh: RefreshMemory, whose?: IdentityPart) => GrantSource;

/** For the sources of one block. Keys are made when a token is first asked for. */
export function sharing(options: {
  name: string;
  oauth2: ResolvedOAuth2;
  store: GuardedStore;
  clock: Clock;
  /** Milliseconds for a renewal as a whole. */
  deadline: number;
}): Share {
  const { name, oauth2, store, clock, deadline } = options;

  return (source, refresh, whose) => {
    const records = sealedRecords(store, {
      identity: (digest) => identityOf(oauth2, whose, fleetDigests(name, digest)),
      clock,
    });
    return sharedSource(source, { records, refresh, clock, deadline });
  };
}
