/** When a token ends, by its own words. */

const MAX_LENGTH = 32 * 1024;

/**
 * Gives the `exp` of a signed JWT (RFC 7519 §4.1.4) in milliseconds since the epoch; `undefined` for everything else, which
 * never throws. Nothing is verified: it is good to keep something shorter, and for nothing more.
 */
export function jwtExpiry(token: string): number | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const parts = token.split('.', 4);
  if (parts.length !== 3) return undefined;
  try {
    return expiryOf(JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString()));
  } catch {
    return undefined;
  }
}

/** The same of its claims, or of what the server said of it (RFC 7662 §2.2). */
export function expiryOf(claims: unknown): number | undefined {
  if (typeof claims !== 'object' || claims === null) return undefined;
  const { exp } = claims as { exp?: unknown };
  const seconds = typeof exp === 'string' && /^\d+(?:\.\d+)?$/.test(exp) ? Number(exp) : exp;
  return typeof seconds === 'number' && Number.isFinite(seconds * 1000) ? seconds * 1000 : undefined;
}
