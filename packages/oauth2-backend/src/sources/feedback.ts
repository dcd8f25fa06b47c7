/** What becomes of a token at the resource server, told to whoever keeps it. The token itself is the address. */

import type { AccessToken } from '../token.js';

/** The keeper's ear. */
export interface Feedback {
  /** A resource server has refused this token and the request is not repeated: the next caller gets a newer one. */
  refused(): void;
  /** A repeat with this token was refused too. */
  refusedAgain(): void;
  /** A repeat with this token was answered. */
  accepted(): void;
}

const listeners = new WeakMap<AccessToken, Feedback>();

/** Says who keeps this token. */
export function listenToFeedback(token: AccessToken, feedback: Feedback): void {
  listeners.set(token, feedback);
}

/** The keeper of this token; none for tokens that nobody keeps. */
export function feedbackOf(token: AccessToken): Feedback | undefined {
  return listeners.get(token);
}
