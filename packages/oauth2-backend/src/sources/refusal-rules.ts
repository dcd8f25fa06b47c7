/**
 * What a call does after the API has refused its token (RFC 6750 §3.1), once its challenges leave room for another token.
 *
 * APIs learn of new tokens late, some replicas are wrong at times, and some APIs refuse everything. So a token request is
 * the last thing that is tried. The rules in their order; the first that fits holds:
 *
 * 0. The status is not 401 (`refused_statuses`), and another token got the same: it is what the API says of the request, and
 *    stands. So do all such statuses for 10 min, then for twice as long each time, up to 2 h, whatever else is accepted.
 * 1. The token is not the one in use (any more): the call is repeated with that one, which is one of its `retries`. 500 late
 *    refusals cost no token request. A token on trial gives way to the one in use, as in 2.
 * 2. Nobody has accepted the token yet, and the one before it lives and was not refused: that one is in use again, and the
 *    call is repeated with it. The newer one is tried again by one call that can be repeated, after 1, 2, 4, 8 and then each
 *    15 s; it is in use when it is accepted, or when the other is refused or ends.
 * 3. Nobody has accepted the token yet, and it is younger than 5 s: the call is repeated after a second, whichever token is
 *    in use then. 100 calls wait at the most, and none after a token was still refused at 5 s, until one is accepted. A call
 *    that may not wait has its answer, and the token stays in use.
 * 4. The token was accepted before, and the last forced renewal is 30 s ago at the most: the call is repeated as it is. A
 *    call that cannot be repeated leaves the token in use once: the next call is the repeat.
 * 5. The token counts as refused, also when this call cannot be repeated: the next caller gets a newer one. The call is
 *    repeated with a newer one, `retries` times at the most; the budget (`refusal-budget.ts`) may leave it without one.
 *
 * A token request for a step-up is a forced renewal too. Repeats by 2, 3 and 4 happen once a call each and do not count. A call that cannot be repeated has its answer.
 * A request that is answered 2xx or 304 proves its token and takes back that it was refused. Other answers say nothing.
 */

import type { AccessToken } from '../token.js';
import type { RefusalStep, RefusedCall } from './feedback.js';
import type { KeptToken } from './kept-token.js';
import type { RefusalBudget } from './refusal-budget.js';
import type { YoungTokenWaits } from './young-token-waits.js';

/** Milliseconds in which the API need not know a token. */
const YOUNG = 5_000;
/** Milliseconds in which the status that forced a renewal is the same for the new token. */
const FORCED = 600_000;
/** Milliseconds after a forced renewal in which a refusal of an accepted token is taken for a stray one at first. */
const STRAY = 30_000;

/** The tokens of an identity, as far as the rules go. */
export interface RefusableTokens {
  readonly inUse: KeptToken | undefined;
  /** A newer one that was refused and is tried again now and then. */
  readonly onTrial: KeptToken | undefined;
  readonly budget: RefusalBudget;
  readonly waits: YoungTokenWaits;
  /** Milliseconds since a token came. */
  age(kept: KeptToken): number;
  /** Uses the one before the newest again, if that lives and was not refused. */
  stepBack(): KeptToken | undefined;
  /** Uses the newest after all. */
  stepForward(): void;
}

/** By the rules above. Marks the token. */
export function stepAfter(kept: KeptToken, call: RefusedCall, tokens: RefusableTokens): RefusalStep {
  const { inUse, budget, waits } = tokens;
  if (call.status !== 401 && stands(kept, call, tokens)) return ANSWER;
  call.once.last = { status: call.status, token: kept.token };
  // Rule 1
  if (inUse && kept === tokens.onTrial) return repeat(call, 'withBefore', inUse.token);
  if (kept !== inUse) return withNewer(call);

  if (!kept.proven && !kept.refused) {
    // Rule 2
    kept.doubted = true;
    const before = tokens.stepBack();
    if (before) return repeat(call, 'withBefore', before.token);
    // Rule 3
    if (tokens.age(kept) < YOUNG) return waits.mayWait() ? wait(call, waits) : ANSWER;
    waits.onLateRefusal();
  }

  // Rule 4
  if (kept.proven && !kept.refused && budget.takenWithin(STRAY)) {
    const first = !kept.doubted;
    kept.doubted = true;
    if (call.repeatable && !call.once.asItWas) return repeat(call, 'asItWas', kept.token);
    if (!call.repeatable && first) return ANSWER;
  }

  // Rule 5
  kept.refusedBy = call.status;
  if (!tokens.onTrial) return withNewer(call);
  tokens.stepForward();
  const newest = tokens.inUse;
  // This call has seen both refused.
  return newest && call.once.withBefore ? stepAfter(newest, call, tokens) : withNewer(call);
}

/** Rule 0 */
function stands(kept: KeptToken, { status, once }: RefusedCall, tokens: RefusableTokens): boolean {
  if (tokens.budget.othersStand()) return true;
  const { last } = once;
  const forced = kept.forcedBy === status && tokens.age(kept) < FORCED;
  const same = last ? last.status === status && last.token !== kept.token : forced;
  if (!same) return false;
  tokens.budget.letOthersStand();
  // The newer one was doubted for the same answer.
  if (tokens.onTrial?.token === last?.token) tokens.stepForward();
  return true;
}

function repeat(call: RefusedCall, how: 'withBefore' | 'asItWas', token: AccessToken): RefusalStep {
  if (!call.repeatable || call.once[how]) return ANSWER;
  call.once[how] = true;
  return { type: 'repeat', token };
}

function wait(call: RefusedCall, waits: YoungTokenWaits): RefusalStep {
  if (!call.repeatable || !call.mayWait || call.once.waited) return ANSWER;
  call.once.waited = true;
  return { type: 'wait', wait: (signal) => waits.wait(signal) };
}

function withNewer(call: RefusedCall): RefusalStep {
  return call.repeatable && call.mayRenew ? RENEW : ANSWER;
}

const ANSWER: RefusalStep = { type: 'answer' };
const RENEW: RefusalStep = { type: 'renew' };
