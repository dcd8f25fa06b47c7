/** The pauses that concern one identity: its own, and the one of the token backend that it shares with others. */

import type { Clock } from '../clock.js';
import { failureKind, othersError } from './failure.js';
import { type Failure, pause } from './pause.js';
import type { SharedPause } from './shared-pause.js';

/** Which pause a failure started. */
export type PauseScope = 'identity' | 'token backend';

/** Both pauses as one. */
export interface Pausing {
  /** The remembered failure while a pause is on: the identity's own, else what is said of the others'. */
  active(): Failure | undefined;
  /** The identity's own last failure since its last success, pause or no pause; `retryAt` is the later of both pauses. */
  last(): Failure | undefined;
  /** Whether the identity's or anybody's last attempt failed. */
  failing(): boolean;
  failed(error: unknown, attempt: Attempt): PauseScope;
  succeeded(attempt: Attempt): void;
}

/** One renewal, as far as the pauses care. */
export interface Attempt {
  /** By the monotonic clock. */
  readonly began: number;
  /** Whether a request was sent: else it says nothing of the token backend. */
  readonly sent: boolean;
}

/** No failures yet, of this identity. */
export function pausing(options: { name: string; clock: Clock; shared: SharedPause | undefined }): Pausing {
  const { name, clock, shared } = options;
  const own = pause({ clock });
  let mine: Failure | undefined;

  return {
    active() {
      const alone = own.active();
      if (alone) return alone;
      const common = shared?.active();
      return common && { ...common, error: mine ? mine.error : othersError(common.error, name) };
    },
    last() {
      const common = shared?.active();
      if (!mine || !common) return mine;
      return { ...mine, retryAt: Math.max(mine.retryAt, common.retryAt) };
    },
    failing: () => mine !== undefined || shared?.last() !== undefined,
    failed(error, { began, sent }) {
      const common = sent && failureKind(error).everyone ? shared : undefined;
      // An answer, even a refusal, shows that the token backend works.
      if (sent && !common) shared?.succeeded(began);
      const pausedBy = common ?? own;
      pausedBy.failed(error, began);
      mine = pausedBy.last();
      return common ? 'token backend' : 'identity';
    },
    succeeded({ began, sent }) {
      own.succeeded(began);
      if (sent) shared?.succeeded(began);
      mine = undefined;
    },
  };
}
