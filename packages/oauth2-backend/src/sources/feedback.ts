/** What becomes of a token at the resource server, told to whoever keeps it. The token itself is the address. */

import type { AccessToken } from '../token.js';

/** Who keeps tokens and wants to hear of them. */
export interface TokenKeeper {
  /** A resource server has refused this token and the request is not repeated: the next caller gets a newer one. */
  onRefused(token: AccessToken): void;
  /** A repeat with this token was refused too. */
  onRefusedAgain(token: AccessToken): void;
  /** A repeat with this token was answered. */
  onAccepted(token: AccessToken): void;
}

/** The keeper's ear, for one token. */
export interface Feedback {
  refused(): void;
  refusedAgain(): void;
  accepted(): void;
}

const keepers = new WeakMap<AccessToken, TokenKeeper>();

/** Says who keeps this token. */
export function listenToFeedback(token: AccessToken, keeper: TokenKeeper): void {
  keepers.set(token, keeper);
}

/** Reaches the keeper of this token; there is none for tokens that nobody keeps. */
export function feedbackOf(token: AccessToken): Feedback | undefined {
  const keeper = keepers.get(token);
  return (
    keeper && {
      refused: () => keeper.onRefused(token),
      refusedAgain: () => keeper.onRefusedAgain(token),
      accepted: () => keeper.onAccepted(token),
    }
  );
}
