/** The pauses that concern one identity: its own, and the one of the token backend that it shares with others. */

import type { Clock } from '../clock.js';
import { mayBeCured } from '../token-request/replacements.js';
import { failureKind } from './failure.js';
import { type Asking, othersError } from './own-error.js';
import { type Failure, type Pause, pause } from './pause.js';
import type { SharedPause } from './shared-pause.js';

/** Which pause a failure belongs to. */
export type PauseScope = 'identity' | 'token backend';

/** The pause that a failure started. */
export interface StartedPause {
  readonly scope: PauseScope;
  /** Whether it has just begun: others may have failed at the same time. */
  readonly began: boolean;
  /** Milliseconds since the epoch. */
  readonly retryAt: number;
}

/** One renewal, as far as the pauses care. */
export interface Attempt {
  /** When it was let through, by the monotonic clock. */
  readonly began: number;
  /** How far its last request got; what failed before any says nothing of the token backend. */
  readonly request: 'unsent' | 'under way' | 'answered';
  /** How many others had been answered when it was let through. */
  readonly answers: number;
  /** Whether a secret or key that was sent is another by now. */
  readonly replaced?: (() => Promise<boolean>) | undefined;
}

/** What the pauses are made of. */
export interface PausesOptions extends Asking {
  readonly clock: Clock;
  readonly shared?: SharedPause | undefined;
}

/** Both pauses as one. A class of few fields: there is one for each user. */
export class Pauses {
  readonly #options: PausesOptions;
  /** Made when it is first needed: most identities never fail. */
  #own: Pause | undefined;
  /** Of the last failure, when it was a refusal. */
  #replaced: Attempt['replaced'];
  #replacementSeen = false;
  #mine: (Failure & { readonly scope: PauseScope; readonly answers: number }) | undefined;

  constructor(options: PausesOptions) {
    this.#options = options;
  }

  /** The remembered failure while a pause is on: the identity's own, else what is said of the others'. */
  active(): Failure | undefined {
    const alone = this.#replacementSeen ? undefined : this.#own?.active();
    if (alone) return alone;
    const { shared } = this.#options;
    const common = shared?.active();
    if (!common) return undefined;
    const mine = this.#mine?.scope === 'token backend' ? this.#mine.error : undefined;
    return { ...common, error: mine ?? othersError(common.error, this.#options) };
  }

  /** Looks, beside the caller, whether a secret or key was replaced since it was refused: then the identity's own pause is over. */
  look(): void {
    const replaced = this.#replaced;
    if (!replaced || this.#replacementSeen) return;
    void replaced().then((seen) => {
      if (seen && this.#replaced === replaced) this.#replacementSeen = true;
    });
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

  /**
   * The identity comes first: what a server may answer to one pauses the token backend only when several in a row have met
   * it, or everybody's next request would. Gives which pause has begun, whether just now, and when it ends.
   */
  failed(error: unknown, attempt: Attempt): { scope: PauseScope; began: boolean; retryAt: number } {
    const { clock, shared } = this.#options;
    const { began, request } = attempt;
    const { concerns } = failureKind(error);
    // A server that asks one to wait, or a gateway's trouble, is no success; any other answer, even a refusal, is.
    if (concerns === 'perhaps all') shared?.stumbled(this);
    else if (request === 'answered') shared?.succeeded(began);

    this.#replaced = mayBeCured(error) ? attempt.replaced : undefined;
    this.#replacementSeen = false;
    const common = this.#concernsAll(error, attempt) ? shared : undefined;
    const alone = !common || concerns === 'perhaps all';
    if (alone) this.#own ??= pause(clock);
    const beganAlone = alone && this.#own?.failed(error, began) === true;
    const beganForAll = common?.failed(error, began);
    const scope = common ? 'token backend' : 'identity';
    const { retryAt } = (common ?? this.#own)?.last() ?? { retryAt: clock.now() };
    this.#mine = { error, at: clock.now(), retryAt, scope, answers: shared?.answers() ?? 0 };
    return { scope, began: beganForAll ?? beganAlone, retryAt };
  }

  #concernsAll(error: unknown, { request, answers }: Attempt): boolean {
    const { shared } = this.#options;
    const { concerns } = failureKind(error);
    if (!shared || concerns === 'one') return false;
    if (concerns === 'perhaps all') return shared.down();
    // What meets one while others are answered is not everybody's: some gateways break a connection for what one user sends.
    return request === 'under way' && shared.answers() === (this.#mine?.answers ?? answers);
  }

  /** Gives whether the identity's last attempt before had failed. */
  succeeded({ began, request }: Pick<Attempt, 'began' | 'request'>): boolean {
    const recovered = this.#mine !== undefined;
    this.#own?.succeeded(began);
    if (request === 'answered') this.#options.shared?.succeeded(began);
    this.#mine = undefined;
    this.#replaced = undefined;
    this.#replacementSeen = false;
    return recovered;
  }
}
