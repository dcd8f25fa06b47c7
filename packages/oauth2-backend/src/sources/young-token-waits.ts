/** The calls that wait until an API has learned of a new token: replicas and cached key sets are late. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.js';

/** Milliseconds. */
const WAIT = 1_000;
const LOOKS = 10;
const MOST = 100;

/** One for each backend, whatever its identities. */
export class YoungTokenWaits {
  readonly #clock: Clock;
  #waiting = 0;
  /** A token was refused though it was young no more: waiting is of no use. */
  #useless = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether one more call may wait. */
  mayWait(): boolean {
    return !this.#useless && this.#waiting < MOST;
  }

  /** Waits a second. @throws the signal's own reason */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    this.#waiting += 1;
    try {
      const end = this.#clock.monotonic() + WAIT;
      // In steps, for a clock that runs faster than the timers: by the machine's own all of them are needed.
      for (let look = 0; look < LOOKS && this.#clock.monotonic() < end; look++) {
        await delay(WAIT / LOOKS, undefined, { signal });
      }
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** A token that is not young any more was refused before it was accepted. */
  onLateRefusal(): void {
    this.#useless = true;
  }

  /** Some token was accepted. */
  onAccepted(): void {
    this.#useless = false;
  }
}
