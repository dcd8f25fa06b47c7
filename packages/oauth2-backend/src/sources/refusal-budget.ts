/** How often refused tokens may cost a token request: an API that refuses everything must not become a load on the authorization server. */

import type { Clock } from '../clock.js';

const BURST = 5;
const DISTANCE = 12_000;
const MAX_DISTANCE = 600_000;
const STANDING = 600_000;
const MAX_STANDING = 7_200_000;

/** The forced renewals of one identity. A class: it is made for an identity at its first refusal. */
export class RefusalBudget {
  readonly #clock: Clock;
  #left = BURST;
  /** When the last one was earned, by the monotonic clock. */
  #earnedAt: number;
  /** When the last one was taken. */
  #takenAt = Number.NEGATIVE_INFINITY;
  /** How many tokens in a row were refused before one request with them was accepted. */
  #unproven = 0;
  #told = false;
  /** Until when an answer by another status than 401 says nothing of the token, and for how long it did so last. */
  #standsUntil = Number.NEGATIVE_INFINITY;
  #stands = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#earnedAt = clock.monotonic();
  }

  /**
   * Takes one, if there is one left: 5 in a burst, then one each 12 s. A refused token that was never accepted waits for the
   * last forced renewal to be 12 s ago, the next one in a row 24 s, and so on to 10 min.
   *
   * @param proven whether the refused token was ever accepted
   */
  take(proven: boolean): boolean {
    const now = this.#clock.monotonic();
    this.#earn(now);
    if (proven) this.#unproven = 0;
    else if (now - this.#takenAt < Math.min(DISTANCE * 2 ** this.#unproven, MAX_DISTANCE)) return false;
    if (this.#left === 0) return false;
    if (!proven && this.#takenAt > Number.NEGATIVE_INFINITY) this.#unproven += 1;
    this.#left -= 1;
    this.#takenAt = now;
    return true;
  }

  /** Whether the last one was taken so many milliseconds ago at the most. */
  takenWithin(milliseconds: number): boolean {
    return this.#clock.monotonic() - this.#takenAt <= milliseconds;
  }

  /** Whether other statuses than 401 are taken for answers now. */
  othersStand(): boolean {
    return this.#clock.monotonic() < this.#standsUntil;
  }

  /** Two tokens got the same status, not a 401: such statuses stand for 10 min, then for twice as long each time, up to 2 h. */
  letOthersStand(): void {
    const now = this.#clock.monotonic();
    const anew = now - this.#standsUntil > MAX_STANDING;
    this.#stands = anew ? STANDING : Math.min(this.#stands * 2, MAX_STANDING);
    this.#standsUntil = now + this.#stands;
  }

  /** Whether its end has still to be told: once until it is whole again. */
  tells(): boolean {
    const first = !this.#told;
    this.#told = true;
    return first;
  }

  #earn(now: number): void {
    const earned = Math.floor((now - this.#earnedAt) / DISTANCE);
    const full = this.#left + earned >= BURST;
    this.#left = full ? BURST : this.#left + earned;
    this.#earnedAt = full ? now : this.#earnedAt + earned * DISTANCE;
    if (full) this.#told = false;
  }
}
