/** An `oauth2` block -> the token source it describes, kept and counted. */

import { clientAuth } from './client-auth/client-auth.js';
import type { Clock } from './clock.js';
import type { ResolvedOAuth2 } from './definitions/resolved.js';
import { contextInput } from './grants/context-input.js';
import { grant } from './grants/grant.js';
import { identification } from './identification.js';
import type { Logger } from './logger.js';
import { keep } from './sources/keep.js';
import type { KeepEvent, KeptSource } from './sources/kept-source.js';
import { perIdentity } from './sources/per-identity.js';
import type { TokenSource } from './token.js';
import { grantedSource, refreshedSource } from './token-endpoint/granted-source.js';
import { type Post, tokenEndpoint } from './token-endpoint/token-endpoint.js';

/** What happened since the start. */
export interface TokenCounts {
  tokenRequests: number;
  renewals: number;
  refusals: number;
  failures: number;
}

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
  post: Post;
  clock: Clock;
  logger: Logger | undefined;
  maxIdentities: number;
}): CountedSource {
  const { name, oauth2, post, clock, logger, maxIdentities: max } = options;
  const { defaultTtl, renewBefore, tokenBackend } = oauth2;
  const counts: TokenCounts = { tokenRequests: 0, renewals: 0, refusals: 0, failures: 0 };
  const endpoint = tokenEndpoint({
    backend: name,
    post,
    clientAuth: clientAuth({ backend: name, oauth2, clock }),
    params: Object.fromEntries(oauth2.params),
    defaultTtl,
    clock,
    onRequest: () => {
      counts.tokenRequests += 1;
    },
  });
  const deadline = tokenBackend.explicitTimeout ? tokenBackend.timeouts.total || NO_LIMIT : RENEWAL_DEADLINE;
  // A refresh token is the owner's consent to ask without the password; the other grants have no use for one.
  const granted = oauth2.grantType === 'password' ? refreshedSource : grantedSource;
  const prepare = contextInput(oauth2, name);
  const make = (): KeptSource => {
    const asking = { ...granted(endpoint, grant({ backend: name, oauth2, clock })), prepare };
    return keep(asking, { name, clock, renewBefore, deadline, onEvent: note });
  };

  if (prepare) {
    const source = perIdentity({ identify: identification({ name, oauth2, prepare }), make, max });
    return { source, counts: () => ({ ...counts, ...source.counts() }), close: source.close };
  }
  const kept = make();
  const identities = () => (kept.state().expiresAt === undefined ? 0 : 1);
  return {
    source: kept,
    kept,
    counts: () => ({ ...counts, identities: identities(), evictions: 0 }),
    close: kept.close,
  };

  function note(event: KeepEvent): void {
    if (event.type === 'renewed') {
      counts.renewals += 1;
      logger?.debug(`token for "${name}" renewed; it ends ${isoTime(event.token.expiresAt)}`);
    } else if (event.type === 'refused') {
      counts.refusals += 1;
      logger?.info(`token for "${name}" was refused by the resource server`);
    } else {
      counts.failures += 1;
      const reason = event.error instanceof Error ? event.error.message : 'unknown reason';
      logger?.warn(
        `token for "${name}" could not be renewed: ${oneLine(reason)}; next attempt after ${isoTime(event.retryAt)}`,
      );
    }
  }
}

/** A hint stands on a line of its own in an error. */
function oneLine(message: string): string {
  return message.replaceAll('\n', '; ');
}

/** A date where there is one: the year 275760 is the calendar's end. */
function isoTime(instant: number): string {
  return instant < 8.64e15 ? new Date(instant).toISOString() : 'never';
}
