/** The token source of an `oauth2` block: its tokens are kept, and what happens to them is counted. */

import type { Clock } from '../clock.js';
import type { ResolvedBackend, ResolvedOAuth2 } from '../definitions/resolved.js';
import type { GuardedStore } from '../sharing/guarded-store.js';
import { sharing } from '../sharing/sharing.js';
import { keep } from '../sources/keep.js';
import type { KeepEvent, KeptSource } from '../sources/kept-source.js';
import { type PerIdentityOptions, perIdentity } from '../sources/per-identity.js';
import type { SharedPause } from '../sources/shared-pause.js';
import { YoungTokenWaits } from '../sources/young-token-waits.js';
import type { TokenSource } from '../token.js';
import { clientAuth } from '../token-request/client-auth/client-auth.js';
import type { RefreshMemory } from '../token-request/grant-source.js';
import { grantedSource, refreshedSource } from '../token-request/granted-source.js';
import { contextInput } from '../token-request/grants/context-input.js';
import { grant } from '../token-request/grants/grant.js';
import type { IdentityPart } from '../token-request/identity.js';
import type { OpenPost } from '../token-request/post.js';
import { type Asked, wordsFor } from '../token-request/reasons/asked.js';
import { subjectRefusals } from '../token-request/subject-refusals.js';
import { tokenEndpoint } from '../token-request/token-endpoint.js';
import { admission } from './admission.js';
import { identifyBy } from './identify-by.js';
import type { Logger } from './observation/logger.js';
import type { Outages } from './observation/outages.js';
import { observation, type TokenCounts } from './observation/token-observation.js';

/** Kept tokens, and how often what has happened to them. */
export interface CountedSource {
  readonly source: TokenSource;
  /** The one keeper, where the token needs no request. */
  readonly kept: KeptSource | undefined;
  counts(): TokenCounts & { readonly identities: number; readonly evictions: number };
  /** Ends renewals under way and refuses to start others. */
  close(): void;
}

/** What the sources of all blocks share. */
export interface CountingOptions {
  readonly clock: Clock;
  readonly logger: Logger | undefined;
  /** Where outages are told; absent where the log has them. */
  readonly outages?: Outages | undefined;
  /** For what somebody should look at while the application runs. */
  readonly warn: (message: string, backend: string) => void;
  /** The most identities kept for each backend. */
  readonly maxIdentities: number;
  /** How many that are not known may ask, for each backend. */
  readonly newIdentitiesPerSecond: number;
  readonly store: GuardedStore | undefined;
}

/** One block: a single kept token, or one for each identity where the request's context says whose it is. */
interface CountedSourceOptions extends CountingOptions {
  readonly name: string;
  readonly oauth2: ResolvedOAuth2;
  readonly openPost: OpenPost;
  /** The pause of the token backend. */
  readonly shared: SharedPause;
}

/** Asks as the block says, and keeps what it gets. */
export function countedSource(options: CountedSourceOptions): CountedSource {
  const { name, oauth2, openPost, shared, clock, store } = options;
  const {
    defaultTtl,
    explicitTtl,
    bearerTokenTypes,
    renewBefore,
    tokenBackend,
    tokenEndpoint: url,
    grantType,
  } = oauth2;
  const { counts, tokenRequest, kept } = observation({ ...options, backend: name, grantType, endpoint: url });
  const asked = askedOf(oauth2);
  const endpoint = tokenEndpoint({
    backend: name,
    asked,
    openPost,
    clientAuth: clientAuth({ backend: name, oauth2, clock }),
    params: Object.fromEntries(oauth2.params),
    defaultTtl,
    explicitTtl,
    bearerTokenTypes,
    clock,
    warn: (message) => options.warn(message, name),
    observe: tokenRequest,
  });
  const deadline = renewalDeadline(tokenBackend);
  // A refresh token is the owner's consent to ask without the password; the other grants have no use for one.
  const granted = grantType === 'password' ? refreshedSource : grantedSource;
  const share = store && sharing({ name, oauth2, store, clock, deadline });
  const prepare = contextInput(oauth2, name);
  const refresh: RefreshMemory = { current: undefined };
  const asking = { ...granted(endpoint, grant({ backend: name, oauth2, clock }), refresh), prepare };
  const waits = new YoungTokenWaits(clock);
  const follow = options.outages?.follow({
    backend: name,
    tokenBackend: tokenBackend.name,
    ofUsers: prepare !== undefined,
  });
  const onEvent = follow ? both(kept, follow) : kept;
  const keeping = { name, asked: wordsFor(asked), clock, renewBefore, deadline, waits, shared, onEvent };
  // Two for all: there is a keeper for each user.
  const ofStranger = { ...keeping, stranger: true };
  const tellSubject = subjectRefusals({ oauth2, backend: name, warn: (message) => options.warn(message, name) });
  const make = (key: string, whose?: IdentityPart, verified = true): KeptSource => {
    const source = tellSubject?.(asking, key) ?? asking;
    // Whom only this process can tell, the fleet must not mix up.
    const tellable = !prepare || whose !== undefined;
    return keep(share && tellable ? share(source, refresh, whose) : source, verified ? keeping : ofStranger);
  };

  if (!prepare) return countedAlone(make(''), counts);
  return countedPerContext({ ...options, make, counts }, identifyBy({ ...options, prepare, deadline }));
}

/** One token for each identity. */
export function countedPerContext(
  options: CountingOptions & { name: string; make: PerIdentityOptions['make']; counts: Readonly<TokenCounts> },
  identify: PerIdentityOptions['identify'],
): CountedSource {
  const { name, make, clock, maxIdentities: max, counts } = options;
  const source = perIdentity({ name, identify, make, max, clock, admit: admission(options) });
  return { source, kept: undefined, counts: () => ({ ...counts, ...source.counts() }), close: source.close };
}

/** A token that is the same for every request, so one identity at most. */
export function countedAlone(kept: KeptSource, counts: Readonly<TokenCounts>): CountedSource {
  const identities = () => (kept.state().expiresAt === undefined ? 0 : 1);
  return {
    source: kept,
    kept,
    counts: () => ({ ...counts, identities: identities(), evictions: 0 }),
    close: () => kept.close(),
  };
}

/** Two who hear of the same events. */
export function both(
  first: (event: KeepEvent) => void,
  second: (event: KeepEvent) => void,
): (event: KeepEvent) => void {
  return function hear(event) {
    first(event);
    second(event);
  };
}

function askedOf({ tokenEndpoint: url, clientId, tokenBackend: { name: place, proxy, tls } }: ResolvedOAuth2): Asked {
  const via = proxy && { host: new URL(proxy.url).host, credentials: proxy.credentials !== undefined };
  return { url, clientId, place, proxy: via, clientCertificate: tls.cert !== undefined };
}

/** A renewal's time when the token backend's `timeout` is not configured, milliseconds. */
const RENEWAL_DEADLINE = 10_000;
const NO_LIMIT = 2 ** 31 - 1;

function renewalDeadline({ explicitTimeout, timeouts }: ResolvedBackend): number {
  return explicitTimeout ? timeouts.total || NO_LIMIT : RENEWAL_DEADLINE;
}
