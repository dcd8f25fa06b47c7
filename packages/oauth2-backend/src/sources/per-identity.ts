/** One kept token for each identity, where the request's context says whose token it is. */

import type { AccessToken, RequestContext } from '../token.js';
import type { GrantInput, GrantQuery } from '../token-request/grant-source.js';
import { ownQuery } from '../token-request/own-query.js';
import { type Identification, type IdentitiesOptions, identities } from './identities.js';
import { waitFor } from './waiting.js';

/** Whose token a context asks for. */
interface Identified extends Identification {
  /** What was evaluated on the way, if it is good for the token request. */
  readonly input?: GrantInput | undefined;
}

/** How identities are told apart and kept. */
export interface PerIdentityOptions extends IdentitiesOptions {
  /** @throws NoTokenError, MissingSubjectError when the context gives no identity */
  readonly identify: (context: RequestContext | undefined) => Promise<Identified>;
}

interface PerIdentity {
  token(query?: GrantQuery): Promise<AccessToken>;
  counts(): { readonly identities: number; readonly evictions: number };
  close(): void;
}

/** A token source that keeps tokens apart by identity. */
export function perIdentity(options: PerIdentityOptions): PerIdentity {
  const known = identities(options);
  let closed = false;

  return {
    async token(given) {
      const query = ownQuery(given);
      query.signal?.throwIfAborted();
      const identified = await waitFor(options.identify(query.context), query.signal);
      query.signal?.throwIfAborted();
      const identity = known.enter(identified);
      if (closed) identity.source.close();
      try {
        const token = await identity.source.token({ ...query, input: identified.input });
        known.gotToken(identity);
        return token;
      } finally {
        known.leave(identity);
      }
    },
    counts: () => ({ identities: known.size(), evictions: known.evictions() }),
    close() {
      closed = true;
      for (const { source } of known.all()) source.close();
    },
  };
}
