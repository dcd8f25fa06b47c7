/** Outages, for applications without a logger: the start and the end of each are one warning of the process. */

import type { Clock } from '../../clock.js';
import { SubjectRefusedError, TokenRequestError, TokenTimeoutError } from '../../errors.js';
import { concernsClient } from '../../sources/failure.js';
import type { KeepEvent } from '../../sources/kept-source.js';

/** So many identities in a row: then it is not the trouble of one. */
const MANY = 3;

/** Whose tokens are followed. */
interface Followed {
  readonly backend: string;
  /** Name of the backend that token requests go through: an outage is that one's, however many it serves. */
  readonly tokenBackend: string;
  /** Whether users have tokens of their own. */
  readonly ofUsers: boolean;
}

/** Knows the outages of every token backend. */
export interface Outages {
  /** Gives what hears of each event of these tokens. */
  follow(whose: Followed): (event: KeepEvent) => void;
}

/** What is going on at a token backend. */
interface Situation {
  /** Since when there is an outage, milliseconds on the monotonic clock. */
  since: number | undefined;
  /** Backends that get no token, and whether that concerns all who ask through the token backend. */
  readonly failing: Map<string, boolean>;
  /** Who got the last token. */
  served: object | undefined;
  /** Identities that failed since then. */
  readonly inRow: Set<object>;
}

/** @param options.warn is told one line */
export function outages({ clock, warn }: { clock: Clock; warn: (message: string) => void }): Outages {
  const situations = new Map<string, Situation>();

  return {
    follow(whose) {
      const known = situations.get(whose.tokenBackend);
      const situation = known ?? { since: undefined, failing: new Map(), served: undefined, inRow: new Set() };
      situations.set(whose.tokenBackend, situation);
      return (event) => {
        if (event.type === 'failed') failed(event, whose, situation);
        else if (event.type === 'renewed') renewed(event, whose, situation);
      };
    },
  };

  function failed(event: KeepEvent & { type: 'failed' }, whose: Followed, situation: Situation): void {
    const { error, pause } = event;
    if (!pause || !event.known || error instanceof SubjectRefusedError) return;
    const ofAll = pause.scope === 'token backend';
    if (!ofAll && whose.ofUsers && !isOfAllUsers(event, situation)) return;
    situation.failing.set(whose.backend, ofAll);
    if (situation.since !== undefined) return;
    situation.since = clock.monotonic();
    const reason = error instanceof Error ? error.message.replaceAll('\n', '; ') : 'unknown reason';
    const after = pause.retryAt < 8.64e15 ? new Date(pause.retryAt).toISOString() : 'a while';
    warn(`token for "${whose.backend}" could not be renewed: ${reason}; next attempt after ${after}`);
  }

  function renewed({ identity }: KeepEvent & { type: 'renewed' }, { backend }: Followed, situation: Situation): void {
    const { failing, inRow, since } = situation;
    situation.served = identity;
    inRow.clear();
    if (since === undefined) return;
    failing.delete(backend);
    for (const [other, ofAll] of failing) if (ofAll) failing.delete(other);
    if (failing.size > 0) return;
    situation.since = undefined;
    const seconds = Math.max(0, Math.round((clock.monotonic() - since) / 1000));
    warn(`token for "${backend}" is renewed again, ${seconds} s after the first failure`);
  }
}

/**
 * What one user meets is an outage when nobody else is served: it is the client's; nobody ever was, or he was the last; or
 * three in a row have met it. What functions of the application did with his request is none.
 */
function isOfAllUsers({ error, identity }: KeepEvent & { type: 'failed' }, { served, inRow }: Situation): boolean {
  if (!(error instanceof TokenRequestError) && !(error instanceof TokenTimeoutError)) return false;
  if (inRow.size < MANY) inRow.add(identity);
  return concernsClient(error) || served === undefined || served === identity || inRow.size === MANY;
}
