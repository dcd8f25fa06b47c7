/** Assertions that are made anew for each call although they say the same: each would be an identity of its own. */

import { parseBoundedJson } from './bounded-json.js';
import type { GrantInput } from './grant-source.js';
import { expiryOf } from './grants/subject-token.js';
import { digestOf } from './identity.js';

/** Inputs that are looked at before a backend whose assertions are in order is left alone. */
const MOST = 1_000;

/**
 * Gives what looks at each input, until it has seen enough: two assertions, or actor tokens for one user's token, that
 * differ and name one `iss` and `sub`, while the earlier one could still be sent, are reported once.
 *
 * @param now milliseconds since the epoch
 */
export function mintedAnew(report: () => void, now: () => number): (input: GrantInput) => void {
  const seen = new Set<string>();
  const ends = new Map<string, number>();
  let over = false;

  return (input) => {
    if (over || seen.has(input.digest)) return;
    seen.add(input.digest);
    const made = input.assertion ?? input.actorToken;
    const claims = made === undefined ? undefined : claimsOf(made);
    if (claims) {
      const person = digestOf([claims.iss, claims.sub, input.subjectToken]);
      over = (ends.get(person) ?? 0) > now();
      if (over) report();
      ends.set(person, expiryOf(claims) ?? Number.POSITIVE_INFINITY);
    }
    over ||= seen.size >= MOST;
    if (!over) return;
    seen.clear();
    ends.clear();
  };
}

function claimsOf(token: string): { iss: string; sub: string } | undefined {
  try {
    const claims = parseBoundedJson(Buffer.from(token.split('.', 2)[1] ?? '', 'base64url').toString());
    const { iss, sub } = Object(claims) as Record<string, unknown>;
    return typeof iss === 'string' && typeof sub === 'string' ? (claims as { iss: string; sub: string }) : undefined;
  } catch {
    return undefined;
  }
}
