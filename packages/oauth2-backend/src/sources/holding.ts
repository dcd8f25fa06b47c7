/** The one token that is kept for an identity: in which phase of its life it is, and whether a resource server has refused it. */

import type { Clock } from '../clock.js';
import type { AccessToken } from '../token.js';
import { type Lifetime, reached } from './lifetime.js';

/** A place for one token. */
export interface Holding {
  /** The token while nothing has to be done: neither refused nor due. */
  fresh(): AccessToken | undefined;
  /** The token while nobody has to wait: neither refused nor urgent. */
  usable(): AccessToken | undefined;
  /** The token while it has not ended, refused or not. */
  unexpired(): AccessToken | undefined;
  /** Milliseconds until the kept token ends; 0 without one. */
  left(): number;
  /** The last token that came, kept or not. */
  last(): AccessToken | undefined;
  /** The token that is kept, in whatever phase. */
  token(): AccessToken | undefined;
  /** Whether a resource server has refused it. */
  refused(): boolean;
  /** Keeps this one instead. One that has ended already only ends what was refused. */
  put(token: AccessToken, life: Lifetime): void;
  /** A resource server has refused the kept token. `false` when that was known. */
  refuse(): boolean;
}

/** Nothing yet. */
export function holding(clock: Clock): Holding {
  let held: { readonly token: AccessToken; readonly life: Lifetime; refused: boolean } | undefined;
  let last: AccessToken | undefined;

  return {
    fresh: () => (held && !held.refused && !reached(held.life.soft, clock) ? held.token : undefined),
    usable: () => (held && !held.refused && !reached(held.life.hard, clock) ? held.token : undefined),
    unexpired: () => (held && !reached(held.life.end, clock) ? held.token : undefined),
    left: () => (held && !reached(held.life.end, clock) ? held.life.end.wall - clock.now() : 0),
    last: () => last,
    token: () => held?.token,
    refused: () => held?.refused === true,
    put(token, life) {
      last = token;
      if (!reached(life.end, clock)) held = { token, life, refused: false };
      else if (held?.refused) held = undefined;
    },
    refuse() {
      if (!held || held.refused) return false;
      held.refused = true;
      return true;
    },
  };
}
