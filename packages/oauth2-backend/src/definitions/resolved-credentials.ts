/** What proves who asks: secrets, the functions that make them, keys, how assertions are made. */

import type { RequestContext } from '../token.js';

/** A secret, what gives it for each token request, or a file that is read for each. */
export type ResolvedCredential = string | (() => string | Promise<string>) | { readonly file: string };

/** A function of the application; the context is undefined outside of a request. */
export type ContextFunction<T> = (context: RequestContext | undefined) => T | Promise<T>;

/** A key as configured: PEM, JWK, or the secret of HMAC; or the file that holds one of them. */
export type SigningKey =
  | { readonly kind: 'inline'; readonly material: string | Readonly<Record<string, unknown>> }
  | { readonly kind: 'file'; readonly file: string };

/** How assertions are made (RFC 7523). */
export interface ResolvedSigning {
  readonly algorithm: string;
  /** Absent with `client_secret_jwt`: the client secret is the key. */
  readonly key?: SigningKey;
  /** Opens the key, if it is encrypted. */
  readonly keyPassphrase?: string | { readonly file: string };
  /** Holds the certificate by whose thumbprint assertions name the key. */
  readonly certificateFile?: string;
  /** Seconds, whole, rounded up. */
  readonly ttl: number;
  /** Only for a jwt-bearer assertion does a function get the context. `{}` when none were configured. */
  readonly claims: Readonly<Record<string, unknown>> | ContextFunction<Record<string, unknown>>;
  /** `{}` when none were configured. */
  readonly headers:
    | Readonly<Record<string, unknown>>
    | (() => Record<string, unknown> | Promise<Record<string, unknown>>);
}
