/** Signs assertions as a signing profile says (RFC 7515, RFC 7523 §3). */

import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { ownMembers } from '../definitions/own-members.js';
import type { ResolvedSigning } from '../definitions/resolved-credentials.js';
import { NoTokenError } from '../errors.js';
import { givenObject } from './given-value.js';
import type { KeySource } from './signing-key-source.js';

/** Signs these claims and nothing else. @throws NoTokenError when there is no key or it cannot sign */
type JwtSigner = (claims: Readonly<Record<string, unknown>>) => Promise<string>;

/** Whose signer, and what it signs with. */
interface JwtSignerOptions {
  /** Name of the backend, for messages. */
  readonly backend: string;
  readonly signing: ResolvedSigning;
  readonly key: KeySource;
  /** The header's `typ` unless the profile's `headers` say otherwise; default `JWT`. */
  readonly typ?: string | undefined;
}

/** A signer whose header is the profile's: `typ` is the given one, `kid` and `x5t#S256` the key's unless `headers` say otherwise; never theirs: `alg`, `b64`, `crit`. */
export function jwtSigner({ backend, signing, key, typ = 'JWT' }: JwtSignerOptions): JwtSigner {
  const { algorithm, headers } = signing;

  return async function signJwt(claims) {
    const { key: signingKey, kid, thumbprint } = ownMembers(await key());
    const header = ownMembers({
      typ,
      ...(kid !== undefined && { kid }),
      ...(thumbprint !== undefined && { 'x5t#S256': thumbprint }),
      ...(await configuredHeaders()),
      alg: algorithm,
    });
    // Loaded when the first assertion is signed: most applications sign none.
    const { SignJWT } = await import('jose');
    try {
      return await new SignJWT(ownMembers(claims)).setProtectedHeader(header).sign(signingKey);
    } catch (cause) {
      throw new NoTokenError(`assertion of "${backend}" could not be signed`, { cause, backend, statusCode: 502 });
    }
  };

  async function configuredHeaders(): Promise<Record<string, unknown>> {
    if (typeof headers !== 'function') return { ...headers };
    const given = await givenObject({ attribute: 'headers of the jwt_signing_profile', backend }, headers);
    return Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'b64' && name !== 'crit'));
  }
}

/** The claims that make an assertion good from now on, for so many seconds and once (RFC 7523 §3). */
export function freshClaims(clock: Clock, ttl: number): { iat: number; exp: number; jti: string } {
  const now = Math.floor(clock.now() / 1000);
  // Servers refuse what was issued ahead of their own clock.
  return { iat: now - 5, exp: now + ttl, jti: randomBytes(20).toString('base64url') };
}
