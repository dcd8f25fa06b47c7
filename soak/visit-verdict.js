/** Whether a visit got what it could have got. */

/** No pause after a failed token request is longer: a `Retry-After` of 3 s; milliseconds, with something for the way. */
const LONGEST_PAUSE = 4000;
/** A token that has this much of its life left is given to callers whatever the token endpoint does, milliseconds. */
const ENOUGH_LIFE = 600;
/** Milliseconds between a token answer's end here and its arrival there, at the most. */
const DELIVERY = 250;

/** What an application answers when something behind it failed. */
const FAILURES = new Set([401, 502, 503, 504]);

/**
 * Judges answers. A visit is *due* an answer of 200 when the API was not made to fail it and its token could be had:
 * its identity had a live token when it began, not revoked until it ended; or no token request of its application has
 * failed for as long as the longest pause, and the token that it was repeated with was not revoked too.
 */
export function visitVerdict({ ledger, tokens, budget, violations, stalls, foreign }) {
  const counts = { live: 0, obtainable: 0, excused: 0, failed: 0 };

  return {
    counts,
    /** Asked when the visit begins: does it find a live token? */
    tokenAtStart(identity) {
      const now = performance.now();
      const token = ledger.newestOf(identity);
      const live =
        token && token.revoked === undefined && token.expires - now > ENOUGH_LIFE && now - token.delivered > DELIVERY;
      return live ? token : undefined;
    },
    /** `answer` is `{ status, json }`, status 0 when there was none. */
    judge(visit, answer) {
      const why = dueTo(visit);
      counts[why ?? 'excused'] += 1;
      // What came whole to the visitor was seen by the application.
      if (answer.status === 200 && visit.acceptedWith) visit.acceptedWith.accepted = true;
      if (answer.status === 200) return right(visit, answer.json);
      counts.failed += 1;
      const text = `${visit.text} got ${answer.status} ${answer.json?.error ?? answer.json?.body ?? ''}`;
      // A body that breaks off fails where the application reads it.
      const expected = FAILURES.has(answer.status) || visit.hit === 'reset in the body';
      if (!expected) violations.add('failures are 401, 502, 503 or 504', text);
      else if (why) violations.add('no lost request', `${text} although a token was ${why}`);
    },
  };

  function dueTo(visit) {
    if (visit.hit && visit.hit !== 'slow') return undefined;
    if (stalls.between(visit.began, performance.now())) return undefined;
    // A call waits once for a young token, and is repeated once as it is.
    if (new Set(visit.misjudged).size > 1 || budget.spent(visit.identity)) return undefined;
    // A young token that nobody has accepted is not renewed: it may be the API that does not know it yet.
    if (visit.refused.some((token) => token && !token.accepted)) return undefined;
    // One that was accepted and is refused now is replaced, which takes a token endpoint that answers.
    const replaced = visit.lost !== undefined || visit.misjudged.includes('stray 401');
    if (visit.token && visit.token.revoked === undefined && !replaced) return 'live';
    // Once repeated is once repeated: the new token may be revoked too.
    const [, again] = visit.refused;
    if (again && again.issued > visit.began) return undefined;
    return tokens.lastFailure(visit.app) < visit.began - LONGEST_PAUSE ? 'obtainable' : undefined;
  }

  function right(visit, { status, location, body }) {
    if (visit.action === 'moved') {
      if (status >= 300 && location === `${foreign}/elsewhere`) return;
    } else {
      const seen = JSON.parse(body);
      if (seen.visit === visit.id && seen.identity === visit.identity && seen.body === (visit.body ?? '')) return;
    }
    violations.add('each answer belongs to its request', `${visit.text} got ${status} ${location} ${body}`);
  }
}
