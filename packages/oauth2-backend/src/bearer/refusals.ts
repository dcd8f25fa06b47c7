/**
 * What becomes of a call whose token the API has refused. Each step may leave the caller with the answer; in their order:
 *
 * 1. The client asks only for a status of `refused_statuses`, or of `step_up`, and for a request that carried a token.
 * 2. A challenge that `step_up` allows is met: one token request for what it demands, once a call.
 * 3. Challenges that say that another token cannot help, and an API that wants DPoP, are final (`challenges.ts`).
 * 4. `retries: 0`, or a body that cannot be sent again: no repeat of any kind. The token counts as refused all the same.
 * 5. Whoever keeps the token says what follows (`sources/refusal-rules.ts`): repeat as it is, with the token before, after
 *    a second, or with a newer one, which may be had or not (`sources/refusal-budget.ts`).
 * 6. The same token object again says that no newer one can be had. The same value in another object is used.
 *
 * A token request that fails on the way is the caller's error instead of the answer.
 */

import type { ResolvedOAuth2 } from '../definitions/resolved.js';
import { feedbackOf, type OncePerCall } from '../sources/feedback.js';
import { ownError } from '../sources/own-error.js';
import type { AccessToken, TokenQuery } from '../token.js';
import type { Demands, GrantQuery } from '../token-request/grant-source.js';
import { verdictOf } from './challenges.js';
import { demandsOf } from './step-up.js';

/** A refusal and what is known of the request it answers. */
export interface Refusal {
  readonly token: AccessToken;
  /** The answer's status. */
  readonly status: number;
  /** The answer's `WWW-Authenticate` field or fields. */
  readonly challenges: string | readonly string[] | undefined;
  /** Whether the request's body can be sent again byte for byte; a function is asked only when that is what matters. */
  readonly replayable: boolean | (() => Promise<boolean>);
  /** Whether the request's time allows to wait a second before it is repeated; default true. */
  readonly mayWait?: boolean;
  /** How often the request has been repeated already, and how; the bearer counts on. */
  readonly repeats: Repeats;
  readonly query: TokenQuery;
}

/** A call's repeats. */
export interface Repeats extends OncePerCall {
  /** With a newer token: as many as `retries`. */
  renewed: number;
  /** With a token that was asked for because the API demanded more; once. */
  steppedUp?: boolean;
}

/** How a bearer's refusals are judged. */
export interface RefusalOptions {
  /** The backend's, for messages. */
  readonly name: string;
  readonly retries: number;
  /** The statuses by which the API refuses the token; default 401. */
  readonly refusedStatuses?: readonly number[] | undefined;
  /** What may be asked for when a challenge demands more than the token has; default nothing. */
  readonly stepUp?: ResolvedOAuth2['stepUp'];
  /** For what somebody should look at. */
  readonly warn: (message: string) => void;
}

/** The judge of one bearer's refusals. */
interface Refusals {
  /** The statuses that are judged. */
  readonly statuses: ReadonlySet<number>;
  /** The token to repeat with, or `undefined` when the refusal is the caller's answer. */
  afterRefusal(refusal: Refusal): Promise<AccessToken | undefined>;
}

/** The statuses of challenges that demand more (RFC 6750 §3.1, RFC 9470 §3). */
const STEP_UP = [401, 403];

/** @param options.onUnkept told of the refused token where nobody keeps it and the call is not repeated */
export function refusals(
  options: RefusalOptions & {
    readonly ask: (query: GrantQuery) => Promise<AccessToken>;
    readonly onUnkept: (token: AccessToken) => void;
  },
): Refusals {
  const { name, retries, stepUp, ask } = options;
  const refusing = new Set(options.refusedStatuses ?? [401]);
  const demanding = new Set(stepUp ? STEP_UP : []);
  let dpopWarned = false;

  return {
    statuses: new Set([...refusing, ...demanding]),

    async afterRefusal(refusal) {
      const { status, challenges, replayable } = refusal;
      const demands = stepUp && demanding.has(status) ? demandsOf(challenges, stepUp) : undefined;
      if (!demands && (!refusing.has(status) || !mayHelp(challenges))) return undefined;
      const repeatable = retries > 0 && (typeof replayable === 'function' ? await replayable() : replayable);
      try {
        return await (demands ? stepUpTo(demands, refusal, repeatable) : repeat(refusal, repeatable));
      } catch (error) {
        const { signal } = refusal.query;
        if (signal?.aborted) throw signal.reason;
        // It says which answer asked for the renewal that failed.
        throw ownError(error, name, { resource: { status } });
      }
    },
  };

  function mayHelp(challenges: Refusal['challenges']): boolean {
    const verdict = verdictOf(challenges);
    if (verdict === 'dpop-wanted' && !dpopWarned) {
      options.warn(
        `backend "${name}": the API wants DPoP (RFC 9449) and takes no bearer token; its refusals are passed on`,
      );
      dpopWarned = true;
    }
    return verdict === 'another-token-may-help';
  }

  async function repeat(
    { token, status, mayWait = true, repeats, query }: Refusal,
    repeatable: boolean,
  ): Promise<AccessToken | undefined> {
    const mayRenew = repeats.renewed < retries;
    const feedback = feedbackOf(token);
    const step = feedback?.onRefused({ status, repeatable, mayWait, mayRenew, once: repeats });
    if (step?.type === 'answer') return undefined;
    if (step?.type === 'repeat') return step.token;
    if (step?.type === 'wait') {
      await step.wait(query.signal);
      return ask(query);
    }
    if (!feedback && !(repeatable && mayRenew)) {
      options.onUnkept(token);
      return undefined;
    }
    const next = await ask({ ...query, refused: token.value });
    if (next === token) return undefined;
    repeats.renewed += 1;
    return next;
  }

  /** Once a call, and only by who keeps the token: another's source knows nothing of it. */
  async function stepUpTo(
    demands: Demands,
    { token, repeats, query }: Refusal,
    repeatable: boolean,
  ): Promise<AccessToken | undefined> {
    if (!repeatable || repeats.steppedUp || !feedbackOf(token)) return undefined;
    repeats.steppedUp = true;
    const next = await ask({ ...query, demands });
    return next === token ? undefined : next;
  }
}
