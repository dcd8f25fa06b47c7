/** The one token that is kept for an identity: in which phase of its life it is, and whether a resource server has refused it. */

import type { Clock } from '../clock.js';
import type { AccessToken } from '../token.js';
import { type Lifetime, reached } from './lifetime.js';

/** Empty until `put()`. A class of few fields: there is one for each user. */
export class KeptToken {
  /** The last token that came, kept or not. */
  last: AccessToken | undefined;
  /** The token that is kept, in whatever phase. */
  token: AccessToken | undefined;
  /** Whether a resource server has refused it. */
  refused = false;
  readonly #clock: Clock;
  /** The phases by the wall clock, and how far the monotonic one is behind it. */
  #soft = 0;
  #hard = 0;
  #end = 0;
  #behind = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The token while nothing has to be done: neither refused nor due. */
  fresh(): AccessToken | undefined {
    return this.refused ? undefined : this.#before(this.#soft);
  }

  /** The token while nobody has to wait: neither refused nor urgent. */
  usable(): AccessToken | undefined {
    return this.refused ? undefined : this.#before(this.#hard);
  }

  /** The token while it has not ended, refused or not. */
  unexpired(): AccessToken | undefined {
    return this.#before(this.#end);
  }

  /** The token's value, if a resource server has refused it. */
  refusedValue(): string | undefined {
    return this.refused ? this.token?.value : undefined;
  }

  /** Milliseconds since the epoch: the end of the token, or of the time for which it is kept. */
  end(): number {
    return this.#end;
  }

  /** Milliseconds until the kept token ends by either clock; 0 without one. */
  left(): number {
    const clock = this.#clock;
    return this.unexpired() ? this.#end - Math.max(clock.now(), clock.monotonic() + this.#behind) : 0;
  }

  /** Keeps this one instead. One that has ended already only ends what was refused. */
  put(token: AccessToken, life: Lifetime): void {
    this.last = token;
    const ended = reached(life.end, this.#clock);
    if (ended && !this.refused) return;
    this.token = ended ? undefined : token;
    this.refused = false;
    this.#soft = life.soft.wall;
    this.#hard = life.hard.wall;
    this.#end = life.end.wall;
    this.#behind = life.end.wall - life.end.monotonic;
  }

  /** A resource server has refused the kept token. `false` when that was known. */
  refuse(): boolean {
    if (!this.token || this.refused) return false;
    this.refused = true;
    return true;
  }

  /** Asked this way round, an instant that is no number - a foreign source's token without `expiresAt` - has come. */
  #before(instant: number): AccessToken | undefined {
    const clock = this.#clock;
    return clock.now() < instant && clock.monotonic() < instant - this.#behind ? this.token : undefined;
  }
}
