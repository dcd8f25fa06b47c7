/** The assertion of a jwt-bearer grant: given by the application, or made from its signing profile. */

import type { Clock } from '../../clock.js';
import type { ResolvedOAuth2 } from '../../definitions/resolved.js';
import type { ResolvedSigning } from '../../definitions/resolved-credentials.js';
import { MissingSubjectError } from '../../errors.js';
import type { RequestContext } from '../../token.js';
import { useCredential } from '../credential.js';
import { givenObject, givenValue, isAbsent, passMissingSubject, unusable } from '../given-value.js';
import { freshClaims, jwtSigner } from '../jwt-signing.js';
import type { KeySource } from '../signing-key-source.js';
import type { AssertionSource } from './jwt-bearer.js';

/** A string as it is, a file as it is now, what a function gives for the context. */
export function givenAssertion(assertion: NonNullable<ResolvedOAuth2['assertion']>, backend: string): AssertionSource {
  return async (draft, { context, input }) => {
    if (input?.assertion !== undefined) return input.assertion;
    if (typeof assertion === 'function') return assertionFor(assertion, context, backend);
    return useCredential(draft, assertion, 'assertion', backend);
  };
}

/** Made anew for each attempt: the profile's claims, `exp`, and unless they set them `iat` and `jti`, which some servers demand (RFC 7523 §3). */
export function signedAssertion(options: {
  backend: string;
  signing: ResolvedSigning;
  key: KeySource;
  clock: Clock;
}): AssertionSource {
  const { backend, signing, key, clock } = options;
  const { claims, ttl } = signing;

  return async ({ replaceable, facts }, { context, input }) => {
    const sent = await key();
    replaceable.push({ attribute: 'key', sent, read: key });
    const sign = jwtSigner({ backend, signing, key: async () => sent, typ: undefined });
    const configured =
      input?.claims ?? (typeof claims === 'function' ? await claimsFor(claims, context, backend) : claims);
    const { exp, ...unlessSet } = freshClaims(clock, ttl);
    const assertion = await sign({ ...unlessSet, ...configured, exp });
    facts.assertion = { of: 'grant', jwt: assertion };
    return assertion;
  };
}

/**
 * What a function `assertion` gives.
 *
 * @throws MissingSubjectError when it has a request and gives nothing; NoTokenError when it throws or gives anything else but text
 */
export async function assertionFor(
  assertion: (context: RequestContext | undefined) => unknown,
  context: RequestContext | undefined,
  backend: string,
): Promise<string> {
  const given = { attribute: 'assertion', backend };
  const value = await givenValue(given, () => assertion(context)).catch(passMissingSubject);
  if (typeof value === 'string' && value !== '') return value;
  if (context && isAbsent(value)) throw new MissingSubjectError({ backend });
  throw unusable(given, value);
}

/** What a function `claims` gives. @throws NoTokenError when it throws or gives anything but an object */
export function claimsFor(
  claims: (context: RequestContext | undefined) => unknown,
  context: RequestContext | undefined,
  backend: string,
): Promise<Record<string, unknown>> {
  return givenObject({ attribute: 'claims of the jwt_signing_profile', backend }, () => claims(context));
}
