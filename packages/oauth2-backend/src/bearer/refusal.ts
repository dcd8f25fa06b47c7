/** What a 401 says about the token that was sent. */

import { parseChallenges } from './challenges.js';

/**
 * Whether a 401 may be answered by repeating the request with another token, by its `WWW-Authenticate` (RFC 6750 §3.1).
 * `'stands'`: each Bearer or DPoP challenge names an error that another token does not cure, or only other schemes are
 * asked for. `'another-token-may-help'`: everything else, no challenge included.
 */
export function refusalOf(header: string | readonly string[] | undefined): 'another-token-may-help' | 'stands' {
  const challenges = parseChallenges(header);
  const ours = challenges.filter(({ scheme }) => scheme === 'bearer' || scheme === 'dpop');
  const stands =
    challenges.length > 0 && ours.every(({ params }) => FINAL.has(params.get('error')?.toLowerCase() ?? ''));
  return stands ? 'stands' : 'another-token-may-help';
}

/** RFC 6750 §3.1 and, for the last one, RFC 9470 §3. */
const FINAL: ReadonlySet<string> = new Set([
  'insufficient_scope',
  'invalid_request',
  'insufficient_user_authentication',
]);
