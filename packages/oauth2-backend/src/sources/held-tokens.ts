/** The tokens that are held for an identity, and what the API has made of them. */

import type { AccessToken } from '../token.js';
import { listenToFeedback, type RefusalStep, type RefusedCall } from './feedback.js';
import type { KeepOptions } from './kept-source.js';
import { KeptToken, type TokenKeeper } from './kept-token.js';
import { lifetimeOf, unrenewedLifetime } from './lifetime.js';
import type { Renewed } from './quick-attempts.js';
import { RefusalBudget } from './refusal-budget.js';
import { type RefusableTokens, stepAfter } from './refusal-rules.js';
import { YoungTokenWaits } from './young-token-waits.js';

/** Milliseconds between two trials: twice as many each time. */
const FIRST_TRIAL = 1_000;
const LONGEST_TRIAL = 15_000;

/** Empty until `put()`. A class of few fields: there is one for each user, and what a refusal needs is made then. */
export class HeldTokens implements TokenKeeper, RefusableTokens {
  /** The token in use, in whatever phase. */
  inUse: KeptToken | undefined;
  readonly #options: Pick<KeepOptions, 'clock' | 'renewBefore' | 'waits' | 'onEvent'>;
  /** Until the newest is accepted: the one before it, or the newest itself while it is on trial. */
  #beside: KeptToken | undefined;
  /** When the newest is tried again, and how long after that. */
  #trial: { at: number; distance: number } | undefined;
  /** A token that had ended when it came: those who waited for it got it. */
  #passed: KeptToken | undefined;
  #budget: RefusalBudget | undefined;
  #waits: YoungTokenWaits | undefined;
  /** Whether the API has ever accepted a token. */
  #proven = false;

  constructor(options: Pick<KeepOptions, 'clock' | 'renewBefore' | 'waits' | 'onEvent'>) {
    this.#options = options;
  }

  /** The token while nothing has to be done: neither refused nor due, and no newer one is to be tried. */
  fresh(): AccessToken | undefined {
    const kept = this.inUse;
    if (kept === undefined || kept.refused) return undefined;
    const { clock } = this.#options;
    const fresh = this.#trial ? clock.monotonic() < this.#trial.at && kept.lives(clock) : kept.isFresh(clock);
    return fresh ? kept.token : undefined;
  }

  /** The token while nobody has to wait: neither refused nor urgent. */
  usable(): AccessToken | undefined {
    const kept = this.inUse;
    if (kept === undefined || kept.refused) return undefined;
    const { clock } = this.#options;
    return (this.#trial ? kept.lives(clock) : kept.isUsable(clock)) ? kept.token : undefined;
  }

  /** Whether the token in use is to be renewed in the background. While a newer one is on trial, that is the renewal. */
  isDue(): boolean {
    return this.inUse !== undefined && !this.#trial && !this.inUse.isFresh(this.#options.clock);
  }

  /** The token while it has not ended, refused or not. */
  unexpired(): AccessToken | undefined {
    return this.inUse?.lives(this.#options.clock) ? this.inUse.token : undefined;
  }

  /** Milliseconds until the token in use ends; 0 without one. */
  left(): number {
    return this.inUse?.left(this.#options.clock) ?? 0;
  }

  /** The one of this value, if it is known. */
  named(value: string | undefined): KeptToken | undefined {
    if (value === undefined) return undefined;
    return [this.inUse, this.#beside, this.#passed].find((kept) => kept?.token.value === value);
  }

  /** Uses this one instead. One that has ended already only ends what was refused. */
  put({ token, asked, cut }: Renewed): void {
    const { clock, renewBefore } = this.#options;
    const life = cut ? unrenewedLifetime(token, asked) : lifetimeOf(token, asked, renewBefore, Math.random());
    // What somebody else has got before is as old as it says: the API has had time to learn of it.
    const older = token.issuedAt < asked.wall;
    const born = older ? asked.monotonic - (asked.wall - token.issuedAt) : clock.monotonic();
    const kept = new KeptToken(token, { life, born, keeper: this });
    listenToFeedback(token, kept);
    const before = this.inUse;
    const passed = !kept.lives(clock);
    this.#passed = passed ? kept : undefined;
    if (passed && !before?.refused) return;
    const again = before?.token.value === token.value;
    // A server may give the same token again, refused or not: that makes it no younger.
    if (again) kept.born = before.born;
    kept.forcedBy = before?.refusedBy ?? 0;
    this.inUse = passed ? undefined : kept;
    this.#beside = passed || again ? undefined : before;
    this.#trial = undefined;
  }

  /** Lets go of what has ended. */
  settle(): void {
    const { clock } = this.#options;
    if (this.#trial && !this.inUse?.lives(clock)) this.stepForward();
    if (this.#beside && !this.#beside.lives(clock)) {
      this.#beside = undefined;
      this.#trial = undefined;
    }
  }

  /** After a refusal of which nothing is known but the token: the one to go on with, or nothing where it must be replaced. */
  goOn(kept: KeptToken): AccessToken | undefined {
    const step = this.onRefused(kept, {
      status: 401,
      repeatable: true,
      mayWait: true,
      mayRenew: true,
      once: { asItWas: kept.doubted },
    });
    if (step.type === 'repeat') return step.token;
    return step.type === 'renew' ? undefined : kept.token;
  }

  /** Whether a refused token may be replaced ahead of its end. */
  mayReplace(refused: KeptToken): boolean {
    if (this.budget.take(refused.proven)) return true;
    if (this.budget.tells()) this.#options.onEvent?.({ type: 'budget', proven: this.#proven });
    return false;
  }

  onRefused(kept: KeptToken, call: RefusedCall): RefusalStep {
    const known = kept.doubted || kept.refused;
    const step = stepAfter(kept, call, this);
    if (!known && (kept.doubted || kept.refused)) this.#options.onEvent?.({ type: 'refused', token: kept.token });
    return step;
  }

  onAccepted(kept: KeptToken): void {
    kept.proven = true;
    kept.doubted = false;
    kept.refusedBy = 0;
    this.#proven = true;
    this.waits.onAccepted();
    if (kept === this.onTrial) this.stepForward();
    if (kept === this.inUse && !this.#trial) this.#beside = undefined;
  }

  onTrialOf(kept: KeptToken): AccessToken | undefined {
    const trial = kept === this.inUse ? this.#trial : undefined;
    const now = this.#options.clock.monotonic();
    if (!trial || now < trial.at) return undefined;
    trial.at = now + trial.distance;
    trial.distance = Math.min(trial.distance * 2, LONGEST_TRIAL);
    return this.#beside?.token;
  }

  get budget(): RefusalBudget {
    this.#budget ??= new RefusalBudget(this.#options.clock);
    return this.#budget;
  }

  get waits(): YoungTokenWaits {
    this.#waits ??= this.#options.waits ?? new YoungTokenWaits(this.#options.clock);
    return this.#waits;
  }

  get onTrial(): KeptToken | undefined {
    return this.#trial && this.#beside;
  }

  age(kept: KeptToken): number {
    return this.#options.clock.monotonic() - kept.born;
  }

  stepBack(): KeptToken | undefined {
    const before = this.#trial ? undefined : this.#beside;
    const { clock } = this.#options;
    if (!before || before.refused || !before.lives(clock)) return undefined;
    this.#beside = this.inUse;
    this.inUse = before;
    this.#trial = { at: clock.monotonic() + FIRST_TRIAL, distance: 2 * FIRST_TRIAL };
    return before;
  }

  stepForward(): void {
    if (!this.#trial) return;
    const newest = this.#beside;
    this.#beside = this.inUse;
    this.inUse = newest;
    this.#trial = undefined;
  }
}
