/** An `oauth2` block -> the token source it describes, kept and counted. */

import type { Clock } from '../clock.js';
import type { ResolvedOAuth2 } from '../definitions/resolved.js';
import { TokenRequestError, TokenTimeoutError } from '../errors.js';
import type { GuardedStore } from '../sharing/guarded-store.js';
import { sharing } from '../sharing/sharing.js';
import { keep } from '../sources/keep.js';
import type { KeptSource } from '../sources/kept-source.js';
import { newcomers } from '../sources/newcomers.js';
import type { SharedPause } from '../sources/pause.js';
import { type PerIdentityOptions, perIdentity } from '../sources/per-identity.js';
import { inTime } from '../sources/waiting.js';
import type { TokenSource } from '../token.js';
import { clientAuth } from '../token-request/client-auth/client-auth.js';
import { givenText } from '../token-request/given-value.js';
import type { GrantSource, RefreshMemory } from '../token-request/grant-source.js';
import { grantedSource, refreshedSource } from '../token-request/granted-source.js';
import { contextInput } from '../token-request/grants/context-input.js';
import { grant } from '../token-request/grants/grant.js';
import { digestOf, type IdentityPart } from '../token-request/identity.js';
import { identityOf } from '../token-request/oauth2-identity.js';
import { type OpenPost, tokenEndpoint } from '../token-request/token-endpoint.js';
import type { Logger } from './observation/logger.js';
import { observation, type TokenCounts } from './observation/token-observation.js';

/** Kept tokens and their history. */
export interface CountedSource {
  readonly source: TokenSource;
  /** The one keeper, where the token needs no request. */
  readonly kept?: KeptSource | undefined;
  counts(): TokenCounts & { readonly identities: number; readonly evictions: number };
  /** Ends renewals under way and refuses to start others. */
  close(): void;
}

/** A renewal's time when the token backend's `timeout` is not configured, milliseconds. */
const RENEWAL_DEADLINE = 10_000;
const NO_LIMIT = 2 ** 31 - 1;

/** Builds the source. */
export function countedSource(options: {
  name: string;
  oauth2: ResolvedOAuth2;
  openPost: OpenPost;
  /** The pause of the token backend. */
  shared: SharedPause;
  clock: Clock;
  logger: Logger | undefined;
  warn: (message: string, backend: string) => void;
  maxIdentities: number;
  newIdentitiesPerSecond: number;
  store: GuardedStore | undefined;
}): CountedSource {
  const { name, oauth2, openPost, shared, clock, maxIdentities: max, store } = options;
  const { defaultTtl, renewBefore, tokenBackend, tokenEndpoint: url, grantType } = oauth2;
  const { counts, tokenRequest, kept: onEvent } = observation({ ...options, backend: name, grantType, endpoint: url });
  const endpoint = tokenEndpoint({
    backend: name,
    openPost,
    clientAuth: clientAuth({ backend: name, oauth2, clock }),
    params: Object.fromEntries(oauth2.params),
    defaultTtl,
    clock,
    observe: tokenRequest,
  });
  const deadline = tokenBackend.explicitTimeout ? tokenBackend.timeouts.total || NO_LIMIT : RENEWAL_DEADLINE;
  // A refresh token is the owner's consent to ask without the password; the other grants have no use for one.
  const granted = grantType === 'password' ? refreshedSource : grantedSource;
  const share = store && sharing({ name, oauth2, store, clock, deadline });
  const prepare = contextInput(oauth2, name);
  const refresh: RefreshMemory = { current: undefined };
  const asking = { ...granted(endpoint, grant({ backend: name, oauth2, clock }), refresh), prepare };
  const keeping = { name, clock, renewBefore, deadline, shared, onEvent };
  const make = (whose?: IdentityPart): KeptSource => {
    // Whom only this process can tell, the fleet must not mix up.
    const tellable = !prepare || whose !== undefined;
    return keep(share && tellable ? share(asking, refresh, whose) : asking, keeping);
  };

  if (prepare) {
    const identify = identification({ name, oauth2, prepare, deadline });
    const perContext = { identify, make: (_key: string, whose: IdentityPart) => make(whose), max, clock };
    const source = perIdentity({ ...perContext, admit: admission(options) });
    return { source, counts: () => ({ ...counts, ...source.counts() }), close: source.close };
  }
  const kept = make();
  const identities = () => (kept.state().expiresAt === undefined ? 0 : 1);
  return {
    source: kept,
    kept,
    counts: () => ({ ...counts, identities: identities(), evictions: 0 }),
    close: () => kept.close(),
  };
}

/** Sends newcomers away while too many come; those who are known are not concerned. */
function admission(options: {
  name: string;
  clock: Clock;
  warn: (message: string, backend: string) => void;
  newIdentitiesPerSecond: number;
}): () => void {
  const { name, clock, newIdentitiesPerSecond: perSecond } = options;
  const onFull = () =>
    options.warn(`backend "${name}": more than ${perSecond} new identities a second; others are sent away`, name);
  const door = newcomers({ clock, perSecond, onFull });

  return () => {
    if (door.admit()) return;
    throw new TokenRequestError(
      `too many new identities ask for a token of "${name}": more than ${perSecond} a second`,
    );
  };
}

/**
 * By `subject`, where there is one: the assertion is then made only when a token is needed. Else by what the grant makes of
 * the context, which is evaluated for each call.
 */
export function identification(options: {
  name: string;
  oauth2: ResolvedOAuth2;
  prepare: NonNullable<GrantSource['prepare']>;
  /** Milliseconds for what the application does. */
  deadline: number;
}): PerIdentityOptions['identify'] {
  const { name, oauth2, prepare, deadline } = options;
  const { subject } = oauth2;
  const client = identityOf(oauth2);

  const late = () => new TokenTimeoutError(`whose token "${name}" needs was not known within ${deadline} ms`);

  if (subject) {
    return async (context) => {
      const asked = givenText({ attribute: 'subject', backend: name }, () => subject(context));
      const given = await inTime(asked, { deadline, late });
      return { key: digestOf([client, 'subject', given]), whose: ['subject', given] };
    };
  }
  return async (context) => {
    const input = await inTime(prepare(context), { deadline, late });
    return { key: digestOf([client, 'input', input.digest]), whose: input.whose, input };
  };
}
