/** One token that is kept: the phases of its life, and what the API has made of it. */

import type { Clock } from '../clock.js';
import type { AccessToken } from '../token.js';
import type { Feedback, RefusalStep, RefusedCall } from './feedback.js';
import type { Lifetime } from './lifetime.js';

/** Whoever keeps tokens hears of them. */
export interface TokenKeeper {
  onAccepted(kept: KeptToken): void;
  onRefused(kept: KeptToken, call: RefusedCall): RefusalStep;
  onTrialOf(kept: KeptToken): AccessToken | undefined;
}

/** A class of few fields: there is one for each user. */
export class KeptToken implements Feedback {
  readonly token: AccessToken;
  /** Whether the API has answered a request with it 2xx or 304. */
  proven = false;
  /** Whether it was refused once and is not given up: see rules 2 to 4 of `refusal-rules.ts`. */
  doubted = false;
  /** The status by which it was refused, else 0: the next caller gets a newer one, if one can be had. */
  refusedBy = 0;
  /** The status by which the one before it was refused, where that is why it came; else 0. */
  forcedBy = 0;
  /** When it came, or was issued where somebody else had got it before; by the monotonic clock. */
  born: number;
  readonly #keeper: TokenKeeper;
  /** The phases by the wall clock, and how far the monotonic one is behind it. */
  readonly #soft: number;
  readonly #hard: number;
  readonly #end: number;
  readonly #behind: number;

  constructor(token: AccessToken, { life, born, keeper }: { life: Lifetime; born: number; keeper: TokenKeeper }) {
    this.token = token;
    this.born = born;
    this.#keeper = keeper;
    this.#soft = life.soft.wall;
    this.#hard = life.hard.wall;
    this.#end = life.end.wall;
    this.#behind = life.end.wall - life.end.monotonic;
  }

  /** Whether nothing has to be done for it. */
  isFresh(clock: Clock): boolean {
    return this.#isBefore(this.#soft, clock);
  }

  /** Whether nobody has to wait for a newer one. */
  isUsable(clock: Clock): boolean {
    return this.#isBefore(this.#hard, clock);
  }

  /** Whether it has not ended. */
  lives(clock: Clock): boolean {
    return this.#isBefore(this.#end, clock);
  }

  /** Milliseconds since the epoch: its end, or that of the time for which it is kept. */
  get end(): number {
    return this.#end;
  }

  /** Milliseconds until it ends by either clock; 0 when it has. */
  left(clock: Clock): number {
    return this.lives(clock) ? this.#end - Math.max(clock.now(), clock.monotonic() + this.#behind) : 0;
  }

  get refused(): boolean {
    return this.refusedBy !== 0;
  }

  get settled(): boolean {
    return this.proven && !this.doubted && !this.refused;
  }

  onAccepted(): void {
    this.#keeper.onAccepted(this);
  }

  onRefused(call: RefusedCall): RefusalStep {
    return this.#keeper.onRefused(this, call);
  }

  onTrial(): AccessToken | undefined {
    return this.#keeper.onTrialOf(this);
  }

  /** Asked this way round, an instant that is no number - a foreign source's token without `expiresAt` - has come. */
  #isBefore(instant: number, clock: Clock): boolean {
    return clock.now() < instant && clock.monotonic() < instant - this.#behind;
  }
}
