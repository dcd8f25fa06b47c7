/** An `oauth2` block -> the token source it describes, kept and counted. */

import { clientSecretBasic } from './client-auth/client-secret-basic.js';
import { clientSecretPost } from './client-auth/client-secret-post.js';
import type { Clock } from './clock.js';
import type { ResolvedOAuth2 } from './definitions/resolved.js';
import { clientCredentials } from './grants/client-credentials.js';
import type { Logger } from './logger.js';
import { keep } from './sources/keep.js';
import type { KeepEvent, KeptSource } from './sources/kept-source.js';
import { type Post, tokenEndpoint } from './token-endpoint/token-endpoint.js';
import type { DraftPart } from './token-request.js';

/** What happened since the start. */
export interface TokenCounts {
  tokenRequests: number;
  renewals: number;
  refusals: number;
  failures: number;
}

/** A kept token and its history. */
export interface CountedSource {
  readonly source: KeptSource;
  readonly counts: TokenCounts;
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
}): CountedSource {
  const { name, oauth2, post, clock, logger } = options;
  const { scope, defaultTtl, renewBefore, tokenBackend } = oauth2;
  const counts: TokenCounts = { tokenRequests: 0, renewals: 0, refusals: 0, failures: 0 };
  const endpoint = tokenEndpoint({
    backend: name,
    post,
    grant: clientCredentials({ scope }),
    clientAuth: clientAuthOf(name, oauth2),
    params: Object.fromEntries(oauth2.params),
    scope,
    defaultTtl,
    clock,
    onRequest: () => {
      counts.tokenRequests += 1;
    },
  });
  const deadline = tokenBackend.explicitTimeout ? tokenBackend.timeouts.total || NO_LIMIT : RENEWAL_DEADLINE;
  const source = keep(endpoint, { name, clock, renewBefore, deadline, onEvent: note });
  return { source, counts };

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
      logger?.warn(`token for "${name}" could not be renewed: ${reason}; next attempt after ${isoTime(event.retryAt)}`);
    }
  }
}

function clientAuthOf(name: string, { clientAuth, clientId, clientSecret, basicEncoding }: ResolvedOAuth2): DraftPart {
  const client = { backend: name, clientId, clientSecret };
  return clientAuth === 'client_secret_basic'
    ? clientSecretBasic({ ...client, encoding: basicEncoding })
    : clientSecretPost(client);
}

/** A date where there is one: the year 275760 is the calendar's end. */
function isoTime(instant: number): string {
  return instant < 8.64e15 ? new Date(instant).toISOString() : 'never';
}
