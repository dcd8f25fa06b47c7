/** Whether a request to the API carries a token that is good there (RFC 9068 §4). */
import { type JWTPayload, jwtVerify } from 'jose';
import type { SigningKey } from '../tokens/signing-key.js';

export interface TokenVerifier {
  readonly issuer: string;
  readonly audience: string;
  readonly key: () => SigningKey;
  readonly isRevoked: (jti: string | undefined) => boolean;
}

export interface Verdict {
  /** Of a token that is good. */
  readonly claims?: JWTPayload;
  /** What else the API answers with. */
  readonly refusal?: Refusal;
}

export interface Refusal {
  readonly status: 401 | 403;
  /** For people. */
  readonly reason: string;
  /** The header `WWW-Authenticate` (RFC 6750 §3). */
  readonly challenge: string;
}

export async function verifiedToken(
  token: string | undefined,
  scope: string,
  { issuer, audience, key, isRevoked }: TokenVerifier,
): Promise<Verdict> {
  // RFC 6750 §3.1: a request without a token is told no error code.
  if (token === undefined) return { refusal: { status: 401, reason: 'no token', challenge: REALM } };
  try {
    const { publicKey, algorithm } = key();
    const expected = { issuer, audience, typ: 'at+jwt', algorithms: [algorithm] };
    const { payload } = await jwtVerify(token, publicKey, expected);
    if (isRevoked(payload.jti)) return { refusal: invalidToken('the token is revoked') };
    const { scope: granted } = payload;
    const allowed = typeof granted === 'string' && granted.split(' ').includes(scope);
    return allowed ? { claims: payload } : { refusal: insufficientScope(scope) };
  } catch (error) {
    return { refusal: invalidToken(`the token is not good here: ${(error as Error).message}`) };
  }
}

const REALM = 'Bearer realm="playground"';

export function invalidToken(reason: string): Refusal {
  const description = reason.replaceAll(/["\\]/g, "'");
  return { status: 401, reason, challenge: `${REALM}, error="invalid_token", error_description="${description}"` };
}

export function insufficientScope(scope: string): Refusal {
  const reason = `the token is not for ${scope}`;
  return { status: 403, reason, challenge: `${REALM}, error="insufficient_scope", scope="${scope}"` };
}
