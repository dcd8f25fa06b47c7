/** What becomes of a token at the API, told to whoever keeps it. The token itself is the address. */

import type { AccessToken } from '../token.js';

/** What one call has gone through since the API refused its token. */
export interface RefusedCall {
  /** The answer's status: 401, or another one by which the API refuses tokens. */
  readonly status: number;
  /** Whether it can be repeated: its body can, and `retries` is not 0. */
  readonly repeatable: boolean;
  /** Whether it has the time to be repeated a second later. */
  readonly mayWait: boolean;
  /** Whether a repeat with a newer token is left to it. */
  readonly mayRenew: boolean;
  readonly once: OncePerCall;
}

/** The repeats that a call has had beside those with a newer token: each happens once, and none counts against `retries`. */
export interface OncePerCall {
  /** With the token before the newest. */
  withBefore?: boolean;
  /** After a second, so that the API may learn of the token. */
  waited?: boolean;
  /** With the same token, at once. */
  asItWas?: boolean;
  /** How the API refused it last. */
  last?: { readonly status: number; readonly token: AccessToken };
}

/** What a call does after its token was refused. */
export type RefusalStep =
  /** The refusal is the caller's answer. */
  | { readonly type: 'answer' }
  /** It is repeated with this token. */
  | { readonly type: 'repeat'; readonly token: AccessToken }
  /** It is repeated after this wait, with the token that is in use then. */
  | { readonly type: 'wait'; readonly wait: (signal: AbortSignal | undefined) => Promise<void> }
  /** It is repeated with what the source gives when the refused token is named. */
  | { readonly type: 'renew' };

/** The way to the keeper of one token. */
export interface Feedback {
  /** Whether it was accepted and has not been refused since: nobody need hear of it again. */
  readonly settled: boolean;
  /** The API has answered a request with it 2xx or 304. */
  onAccepted(): void;
  /** The API has refused it. */
  onRefused(call: RefusedCall): RefusalStep;
  /** In its place, for a request that can be repeated: a newer one that the API may have learned of meanwhile. */
  onTrial(): AccessToken | undefined;
}

const feedbacks = new WeakMap<AccessToken, Feedback>();

/** Says who hears of this token. */
export function listenToFeedback(token: AccessToken, feedback: Feedback): void {
  feedbacks.set(token, feedback);
}

/** Reaches the keeper of this token; there is none for tokens that nobody keeps. */
export function feedbackOf(token: AccessToken): Feedback | undefined {
  return feedbacks.get(token);
}
