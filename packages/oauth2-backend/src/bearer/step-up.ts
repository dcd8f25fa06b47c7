/** What a challenge demands beyond the token that was sent: more scope, claims (RFC 6750 §3.1), or another authentication (RFC 9470). */

import type { ResolvedOAuth2 } from '../definitions/resolved.js';
import { memberOf, parseBoundedJson } from '../token-request/bounded-json.js';
import type { Demands } from '../token-request/grant-source.js';
import { type Challenge, parseChallenges } from './challenges.js';

/** What an API asks its caller for, as far as its challenge names it. */
export interface StepUp {
  /** Names of authentication contexts, the preferred first (RFC 9470 §3). */
  readonly acrValues: string[] | undefined;
  /** Seconds that the user's authentication may be old at the most (RFC 9470 §3). */
  readonly maxAge: number | undefined;
  /** Scope tokens, separated by spaces. */
  readonly scope: string | undefined;
  readonly claims: Readonly<Record<string, unknown>> | undefined;
}

const MAX_CLAIMS = 8_192;
/** base64 and base64url, with or without its end. */
const BASE64 = /^[\w+/-]+={0,2}$/;
const STEP_UPS: ReadonlySet<string> = new Set([
  'insufficient_user_authentication',
  'insufficient_scope',
  'insufficient_claims',
]);

/**
 * Reads from an API's answer what it wants more of: of a challenge with the error `insufficient_user_authentication`
 * (RFC 9470), `insufficient_scope` or `insufficient_claims`. `undefined` where there is none.
 *
 * @param answer an answer of `fetch`, `request`, `got` or `forward`, or an error that has one as `response`
 * @example
 * const wanted = stepUpOf(await backend.fetch('transfers', { method: 'POST', body }));
 * if (wanted) res.redirect(loginUrl({ acr_values: wanted.acrValues?.join(' '), max_age: wanted.maxAge }));
 */
export function stepUpOf(answer: unknown): StepUp | undefined {
  const challenges = parseChallenges(challengesIn(answer));
  const challenge = challenges.find((each) => isOfTokens(each) && STEP_UPS.has(errorOf(each)));
  if (!challenge) return undefined;
  const { params } = challenge;
  const maxAge = params.get('max_age');
  return {
    acrValues: words(params.get('acr_values')),
    maxAge: maxAge !== undefined && /^\d{1,15}$/.test(maxAge) ? Number(maxAge) : undefined,
    scope: words(params.get('scope'))?.join(' '),
    claims: parseClaims(decoded(params.get('claims'))),
  };
}

/** What may be asked for of what the challenges demand; nothing where one Bearer challenge demands more than is allowed. */
export function demandsOf(
  header: string | readonly string[] | undefined,
  allowed: NonNullable<ResolvedOAuth2['stepUp']>,
): Demands | undefined {
  for (const { scheme, params } of parseChallenges(header)) {
    if (scheme !== 'bearer') continue;
    const error = params.get('error')?.toLowerCase();
    if (error === 'insufficient_scope') {
      const scopes = words(params.get('scope'));
      if (scopes?.every((scope) => allowed.scopes.includes(scope))) return { scopes };
    }
    if (error === 'insufficient_claims' && allowed.claims) {
      const claims = decoded(params.get('claims'));
      if (claims !== undefined && parseClaims(claims)) return { claims };
    }
  }
  return undefined;
}

function isOfTokens({ scheme }: Challenge): boolean {
  return scheme === 'bearer' || scheme === 'dpop';
}

function errorOf({ params }: Challenge): string {
  return params.get('error')?.toLowerCase() ?? '';
}

/** `undefined` where there are none. */
function words(text: string | undefined): string[] | undefined {
  const list = text?.split(' ').filter((word) => word !== '');
  return list && list.length > 0 ? list : undefined;
}

function decoded(encoded: string | undefined): string | undefined {
  if (encoded === undefined || encoded.length > (MAX_CLAIMS * 4) / 3 + 4 || !BASE64.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length <= MAX_CLAIMS ? bytes.toString() : undefined;
}

function parseClaims(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const claims = parseBoundedJson(text);
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Of whatever was thrown or answered: nothing of it is trusted to be there. */
function challengesIn(answer: unknown): string | readonly string[] | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { response = answer } = answer as { response?: unknown };
  if (typeof response !== 'object' || response === null) return undefined;
  const { headers } = response as { headers?: unknown };
  if (typeof headers !== 'object' || headers === null) return undefined;
  if (typeof (headers as Headers).get === 'function') return (headers as Headers).get('www-authenticate') ?? undefined;
  if (!Array.isArray(headers)) {
    const field = memberOf(headers, 'www-authenticate');
    return typeof field === 'string' || Array.isArray(field) ? field : undefined;
  }
  // undici's `responseHeaders: 'raw'`: names and values in turn.
  const list = headers.map(String);
  return list.filter((_, index) => index % 2 === 1 && list[index - 1]?.toLowerCase() === 'www-authenticate');
}
