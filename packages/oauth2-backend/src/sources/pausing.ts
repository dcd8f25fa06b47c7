/** The pauses that concern one identity: its own, and the one of the token backend that it shares with others. */

import type { Clock } from '../clock.js';
import { failureKind, isAnswer, othersError } from './failure.js';
import { type Failure, pause } from './pause.js';
import type { SharedPause } from './shared-pause.js';

/** Which pause a failure belongs to. */
export type PauseScope = 'identity' | 'token backend';

/** One renewal, as far as the pauses care. */
export interface Attempt {
  /** When it was let through, by the monotonic clock. */
  readonly began: number;
  /** How far its last request got; what failed before any says nothing of the token backend. */
  readonly request: 'unsent' | 'under way' | 'answered';
}

/** Both pauses as one. */
export interface Pausing {
  /** The remembered failure while a pause is on: the identity's own, else what is said of the others'. */
  active(): Failure | undefined;
  /** The identity's own last failure since its last success, pause or no pause; `retryAt` is the later of both pauses. */
  last(): Failure | undefined;
  /** Whether the identity's or anybody's last attempt failed: one attempt is enough then. */
  failing(): boolean;
  /** Gives which pause it belongs to, and whether that has just begun. */
  failed(error: unknown, attempt: Attempt): { readonly scope: PauseScope; readonly began: boolean };
  succeeded(attempt: Attempt): void;
}

/** No failures yet, of this identity. */
export function pausing(options: { name: string; clock: Clock; shared: SharedPause | undefined }): Pausing {
  const { name, clock, shared } = options;
  const own = pause({ clock });
  let mine: (Failure & { readonly scope: PauseScope }) | undefined;

  return {
    active() {
      const alone = own.active();
      if (alone) return alone;
      const common = shared?.active();
      if (!common) return undefined;
      return { ...common, error: mine?.scope === 'token backend' ? mine.error : othersError(common.error, name) };
    },
    last() {
      if (!mine) return undefined;
      return { ...mine, retryAt: Math.max(mine.at, own.last()?.retryAt ?? 0, shared?.last()?.retryAt ?? 0) };
    },
    failing: () => mine !== undefined || shared?.last() !== undefined || shared?.down() === true,
    failed(error, { began, request }) {
      const common = failureKind(error).everyone && (request === 'under way' || isAnswer(error)) ? shared : undefined;
      // An answer, even a refusal, shows that the token backend works.
      if (request === 'answered' && !common) shared?.succeeded(began);
      const pausedBy = common ?? own;
      const first = pausedBy.failed(error, began);
      const scope = common ? 'token backend' : 'identity';
      const last = pausedBy.last();
      mine = last && { ...last, scope };
      return { scope, began: first };
    },
    succeeded({ began, request }) {
      own.succeeded(began);
      if (request === 'answered') shared?.succeeded(began);
      mine = undefined;
    },
  };
}
