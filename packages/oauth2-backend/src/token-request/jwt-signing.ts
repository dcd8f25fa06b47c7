/** Signs assertions as a signing profile says (RFC 7515, RFC 7523 §3). */

import type { ResolvedSigning } from '../definitions/resolved.js';
import { NoTokenError } from '../errors.js';
import { givenObject } from './given-value.js';
import type { KeySource } from './signing-key-source.js';

/** Signs these claims and nothing else. @throws NoTokenError when there is no key or it cannot sign */
export type JwtSigner = (claims: Readonly<Record<string, unknown>>) => Promise<string>;

export interface JwtSignerOptions {
  /** Name of the backend, for messages. */
  readonly backend: string;
  readonly signing: ResolvedSigning;
  readonly key: KeySource;
}

/** A signer whose header is the profile's: `typ` is `JWT` and `kid` the JWK's unless `headers` say otherwise; never theirs: `alg`, `b64`, `crit`. */
export function jwtSigner({ backend, signing, key }: JwtSignerOptions): JwtSigner {
  const { algorithm, headers } = signing;

  return async function signJwt(claims) {
    const { key: signingKey, kid } = await key();
    const header = { typ: 'JWT', ...(kid !== undefined && { kid }), ...(await configuredHeaders()), alg: algorithm };
    // Loaded when the first assertion is signed: most applications sign none.
    const { SignJWT } = await import('jose');
    try {
      return await new SignJWT({ ...claims }).setProtectedHeader(header).sign(signingKey);
    } catch (cause) {
      throw new NoTokenError(`assertion of "${backend}" could not be signed`, { cause, statusCode: 502 });
    }
  };

  async function configuredHeaders(): Promise<Record<string, unknown>> {
    if (typeof headers !== 'function') return { ...headers };
    const given = await givenObject({ attribute: 'headers of the jwt_signing_profile', backend }, headers);
    return Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'b64' && name !== 'crit'));
  }
}
