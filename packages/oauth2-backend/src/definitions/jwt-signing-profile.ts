/** What an application writes to say how assertions are signed. */

import type { RequestContext } from '../token.js';
import type { SignatureAlgorithm } from './signing-key.js';

type Members = Readonly<Record<string, unknown>>;

/** How an assertion is made: the client's authentication (RFC 7523 §2.2) or the grant of jwt-bearer (§2.1). */
export interface JwtSigningProfile {
  /**
   * String: `HS256`, `HS384` or `HS512` with `client_secret_jwt` or for an assertion; `RS256` to `RS512`, `PS256` to
   * `PS512`, `ES256` to `ES512` (RFC 7518 §3.1), `EdDSA` or `Ed25519` (RFC 8037, RFC 9864) with `private_key_jwt` or for
   * an assertion.
   */
  readonly signature_algorithm: SignatureAlgorithm;
  /**
   * A private key as PEM (PKCS#8, PKCS#1, SEC1), JWK, or the JSON of a service account (`private_key`, `private_key_id`,
   * which becomes `kid`), RSA of at least 2048 bit; the secret for `HS*`. Not with `client_secret_jwt`, where the client
   * secret is the key.
   */
  readonly key?: string | Members | undefined;
  /** Path: the file that holds the key instead; looked at again for each token request. */
  readonly key_file?: string | undefined;
  /** The passphrase of a key that is encrypted PKCS#8 (`-----BEGIN ENCRYPTED PRIVATE KEY-----`). */
  readonly key_passphrase?: string | undefined;
  /** Path: the file that holds the passphrase instead, like `client_secret_file`. */
  readonly key_passphrase_file?: string | undefined;
  /**
   * Path: the file that holds the key's certificate, PEM, by which assertions name the key: its SHA-256 thumbprint goes into
   * the header `x5t#S256`. Looked at again together with the key; while the two do not match, the last pair goes on.
   */
  readonly certificate_file?: string | undefined;
  /** Duration, at least 1s: the life of an assertion; one of the client warns over 5 minutes and is refused over 1 hour. */
  readonly ttl: string;
  /**
   * Added to a client assertion, of whose own claims they may override `aud` only (a function gets no context); or all
   * claims of a jwt-bearer assertion but `exp`, by a function that gets the context of the request, if there is one. That
   * has `iat`, 5 s back, and a new `jti` where they set none.
   */
  readonly claims?: Members | ((context: RequestContext | undefined) => Members | Promise<Members>) | undefined;
  /**
   * `typ` (unless given `JWT`, or in a client assertion beside `issuer` `client-authentication+jwt`, RFC 10070), `kid`, …;
   * not `alg`, `b64`, `crit`. A function gets no context.
   */
  readonly headers?: Members | (() => Members | Promise<Members>) | undefined;
}
