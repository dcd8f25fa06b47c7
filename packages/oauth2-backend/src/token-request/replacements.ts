/** Whether a secret or key was replaced since it was sent: what a server refused then may be good now. */

import type { Clock } from '../clock.js';
import { memberOf } from '../definitions/own-members.js';
import { TokenRequestError } from '../errors.js';
import type { Replaceable } from './token-request-draft.js';

/** Milliseconds between two looks at one credential. */
const DISTANCE = 1_000;
/** Milliseconds for which a function that gives a new value each time is not looked at: no value of it is a replacement. */
const NEVER_THE_SAME = 600_000;

/** The credentials of one client, which many requests send. What cannot be read counts as the same. */
interface Replacements {
  /** Whether one of them is another by now. Never rejects. */
  isReplaced(sent: readonly Replaceable[]): Promise<boolean>;
  /**
   * To be called when they are sent. Gives what tells whether one of them is another by now, each looked at once a second at
   * most however many ask; `undefined` where none can be.
   */
  since(sent: readonly Replaceable[]): (() => Promise<boolean>) | undefined;
}

/** The last look at a credential. */
interface Look {
  /** Looks and sendings are counted, since a clock may stand still. */
  readonly count: number;
  readonly at: number;
  readonly found: Promise<unknown>;
  /** What was found, if it was another one. */
  another?: unknown;
}

/** To be made once for each client. */
export function replacements(clock: Clock): Replacements {
  const looks = new Map<string, Look>();
  /** The ends of the times in which functions are not looked at. */
  const shunned = new Map<string, number>();
  let count = 0;

  return {
    isReplaced: (sent) => anyReplaced(sent, lookNow),
    since(sent) {
      if (sent.length === 0) return undefined;
      for (const each of sent) judge(each);
      const sentAs = ++count;
      return () => anyReplaced(sent, (each) => lookAgain(each, sentAs));
    },
  };

  async function anyReplaced(sent: readonly Replaceable[], look: (each: Replaceable) => Look): Promise<boolean> {
    const changes = sent.map(async (each) => {
      const now = clock.monotonic();
      if (now < (shunned.get(each.attribute) ?? now)) return false;
      const last = look(each);
      const found = await last.found;
      if (found !== each.sent) last.another = found;
      return found !== each.sent;
    });
    return (await Promise.allSettled(changes)).some((change) => change.status === 'fulfilled' && change.value);
  }

  function lookAgain(each: Replaceable, after: number): Look {
    const last = looks.get(each.attribute);
    const at = clock.monotonic();
    return last && last.count > after && at - last.at < DISTANCE ? last : lookNow(each, at);
  }

  /** A look right after the answer is none of those that are a second apart. */
  function lookNow({ attribute, read }: Replaceable, at = Number.NEGATIVE_INFINITY): Look {
    const next = { count: ++count, at, found: read() };
    looks.set(attribute, next);
    return next;
  }

  /** What was seen as another one must be what is sent then. */
  function judge({ attribute, sent }: Replaceable): void {
    const last = looks.get(attribute);
    if (last?.another === undefined) return;
    if (last.another !== sent) shunned.set(attribute, clock.monotonic() + NEVER_THE_SAME);
    delete last.another;
  }
}

/** Whether another secret or key may cure a failure: the server has judged the request, and not asked to be left alone. */
export function mayBeCured(error: unknown): boolean {
  if (!(error instanceof TokenRequestError) || memberOf(error, 'retryAfter') !== undefined) return false;
  const response = memberOf(error, 'response');
  if (!response) return false;
  const { status, error: code } = response;
  return code === 'invalid_client' || (status >= 400 && status < 500 && status !== 408 && status !== 429);
}
