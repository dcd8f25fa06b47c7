/** What a method is made from that proves the client by its secret. */

import type { ResolvedCredential } from '../../definitions/resolved-credentials.js';

/** A client that has a secret. */
export interface ClientSecretOptions {
  /** Name of the backend, for messages. */
  readonly backend: string;
  readonly clientId: string;
  readonly clientSecret: ResolvedCredential;
}
