/** How many token requests an identity may cost. */
import { forcedRenewals } from './forced-renewals.js';

/** Milliseconds between an answer's end here and its arrival there, at the most. */
const DELIVERY = 150;
/** A renewal begins when at most 35 % of the life is left (a quarter, and jitter of up to 40 % of that). */
const EARLIEST_RENEWAL = 0.65;
/** The application counts from before its request: milliseconds until it is here, at the most. */
const ON_ITS_WAY = 250;
/** One renewal may take three attempts. */
const ATTEMPTS = 3;
/** Earliest starts of the renewals after the first failed one, milliseconds: pauses of 0.5, 1 and then 2 s. */
const LATER_RENEWALS = [500, 1500, 3500, 5500, 7500, 9500, 11_500];

/** `asked` for each token request, `failed` and `succeeded` for its outcome; an identity is `<app>:<backend>[ <user>]`. */
export function tokenBudget({ ledger, violations, stalls }) {
  /** By identity: when the first of the failures in a row was asked for, and how many requests since. */
  const outages = new Map();
  /** Renewals that nothing but a refusal explains, and those that one may have caused. */
  const forced = { surely: forcedRenewals(), perhaps: forcedRenewals() };

  return {
    asked(identity) {
      const now = performance.now();
      early(identity, now);
      const outage = outages.get(identity);
      if (!outage) return;
      outage.requests += 1;
      const since = now - outage.since;
      const allowed = ATTEMPTS + LATER_RENEWALS.filter((start) => start <= since).length;
      if (outage.requests > allowed && !stalls.between(outage.since, now)) {
        const text = `${identity}: ${outage.requests} in ${Math.round(since)} ms of failures, allowed ${allowed}`;
        violations.add('token requests in an outage are within budget', text);
      }
    },
    /** Whether refusals may be answers for want of a budget. */
    spent: (identity) => forced.perhaps.left(identity) < 1,
    failed(identity) {
      if (!outages.has(identity)) outages.set(identity, { since: performance.now(), requests: 1 });
    },
    /** One that succeeds ends the pauses of the others too: they may go through the same token backend. */
    succeeded(identity) {
      const [app] = identity.split(':');
      for (const failing of outages.keys()) if (failing.startsWith(`${app}:`)) outages.delete(failing);
    },
    /** The end of an outage in which `connections` were reset before it was known whose they were. */
    turnedAway({ connections, lasted, identities, tokenBackends }) {
      const allowed =
        ATTEMPTS * identities + tokenBackends * (1 + LATER_RENEWALS.filter((start) => start <= lasted).length);
      if (connections <= allowed) return;
      const text = `${connections} connections in ${Math.round(lasted)} ms, allowed ${allowed}`;
      violations.add('token requests in an outage are within budget', text);
    },
  };

  /** While the newest token is fresh and neither revoked nor refused there is nothing to ask for. */
  function early(identity, now) {
    const token = ledger.newestOf(identity);
    if (!token || token.delivered + DELIVERY > now || outages.has(identity)) return;
    const age = now - token.asked + ON_ITS_WAY;
    const due = age > EARLIEST_RENEWAL * ledger.life * 1000 || stalls.between(token.issued, now);
    if (token.revoked !== undefined || token.misjudged) return refused(identity, due);
    if (due) return;
    violations.add(
      'one token request a life',
      `${identity}: asked again ${Math.round(now - token.asked)} ms after it had asked for the last token`,
    );
  }
  function refused(identity, due) {
    forced.perhaps.count(identity);
    if (due) return;
    const left = forced.surely.count(identity);
    // One more: its answer may have been lost, and the application has not counted it then.
    if (left < -1) violations.add('forced renewals are within budget', `${identity}: ${left.toFixed(1)} left`);
  }
}
