/** The refresh token between two renewals (RFC 6749 §6). */

/** A refresh token and the scope that came with it. */
export interface RefreshGrant {
  /** A secret. */
  readonly value: string;
  /** What was granted: more must not be asked for. */
  readonly scope: string | undefined;
}

/** Where the refresh token is kept, so that a shared source can put the fleet's there. */
export interface RefreshMemory {
  current: RefreshGrant | undefined;
}
