/** What an application writes to say how JWTs are signed. */

import type { RequestContext } from '../request-context.js';
import type { SignatureAlgorithm } from '../signing-key.js';

type Members = Readonly<Record<string, unknown>>;

/** How an assertion is made: the client's authentication (RFC 7523 §2.2) or the grant of jwt-bearer (§2.1). */
export interface JwtSigningProfile {
  /** `HS*`, `RS*`, `PS*` or `ES*` with 256, 384 or 512; `EdDSA`, `Ed25519` (RFC 7518 §3.1, RFC 8037, RFC 9864). */
  readonly signature_algorithm: SignatureAlgorithm;
  /** Private key as PEM or JWK, the secret for `HS*`; not with `client_secret_jwt`, where the client secret is the key. */
  readonly key?: string | Members | undefined;
  /** The file that holds the key instead; looked at again for each token request. */
  readonly key_file?: string | undefined;
  /** Duration, at least `"1s"`: the life of an assertion. */
  readonly ttl: string;
  /**
   * Client assertion: added to its own, of which they may override `aud` only; a function gets no context.
   * jwt-bearer assertion: its claims, `exp` apart; a function gets the context of the request, if there is one.
   */
  readonly claims?: Members | ((context: RequestContext | undefined) => Members | Promise<Members>) | undefined;
  /** `typ` (default: `JWT`), `kid`, …; not `alg`, `b64`, `crit`. */
  readonly headers?: Members | (() => Members | Promise<Members>) | undefined;
}
