/** The pauses that concern one identity: its own, and the one of the token backend that it shares with others. */

import type { Clock } from '../clock.js';
import { failureKind, isAnswer } from './failure.js';
import { othersError } from './own-error.js';
import { type Failure, type Pause, pause, type SharedPause } from './pause.js';

/** Which pause a failure belongs to. */
export type PauseScope = 'identity' | 'token backend';

/** One renewal, as far as the pauses care. */
export interface Attempt {
  /** When it was let through, by the monotonic clock. */
  readonly began: number;
  /** How far its last request got; what failed before any says nothing of the token backend. */
  readonly request: 'unsent' | 'under way' | 'answered';
}

/** What the pauses are made of. */
export interface PausesOptions {
  /** Name of the backend, for messages. */
  readonly name: string;
  readonly clock: Clock;
  readonly shared?: SharedPause | undefined;
}

/** Both pauses as one. A class of few fields: there is one for each user. */
export class Pauses {
  readonly #options: PausesOptions;
  /** Made when it is first needed: most identities never fail. */
  #own: Pause | undefined;
  #mine: (Failure & { readonly scope: PauseScope }) | undefined;

  constructor(options: PausesOptions) {
    this.#options = options;
  }

  /** The remembered failure while a pause is on: the identity's own, else what is said of the others'. */
  active(): Failure | undefined {
    const alone = this.#own?.active();
    if (alone) return alone;
    const { name, shared } = this.#options;
    const common = shared?.active();
    if (!common) return undefined;
    const mine = this.#mine?.scope === 'token backend' ? this.#mine.error : undefined;
    return { ...common, error: mine ?? othersError(common.error, name) };
  }

  /** The identity's own last failure since its last success, pause or no pause; `retryAt` is the later of both pauses. */
  last(): Failure | undefined {
    const mine = this.#mine;
    if (!mine) return undefined;
    const others = this.#options.shared?.last()?.retryAt ?? 0;
    return { ...mine, retryAt: Math.max(mine.at, this.#own?.last()?.retryAt ?? 0, others) };
  }

  /** Whether the identity's or anybody's last attempt failed: one attempt is enough then. */
  failing(): boolean {
    const { shared } = this.#options;
    return this.#mine !== undefined || shared?.last() !== undefined || shared?.down() === true;
  }

  /** Gives which pause it belongs to, and whether that has just begun. */
  failed(error: unknown, { began, request }: Attempt): { readonly scope: PauseScope; readonly began: boolean } {
    const { clock, shared } = this.#options;
    const everyone = failureKind(error).everyone && (request === 'under way' || isAnswer(error));
    const common = everyone ? shared : undefined;
    // An answer, even a refusal, shows that the token backend works.
    if (request === 'answered' && !common) shared?.succeeded(began);
    if (!common) this.#own ??= pause(clock);
    const pausedBy = common ?? this.#own;
    const first = pausedBy?.failed(error, began) ?? false;
    const scope = common ? 'token backend' : 'identity';
    const last = pausedBy?.last();
    this.#mine = last && { ...last, scope };
    return { scope, began: first };
  }

  succeeded({ began, request }: Attempt): void {
    this.#own?.succeeded(began);
    if (request === 'answered') this.#options.shared?.succeeded(began);
    this.#mine = undefined;
  }
}
