/** A client that has no way to prove itself (RFC 6749 §2.1, method `none` of RFC 7591 §2). */

import type { DraftPart } from '../token-request-draft.js';

/** Writes `client_id`: it says who asks (RFC 6749 §3.2.1). */
export function publicClient(options: { clientId: string }): DraftPart {
  return function writeClientId({ form }) {
    form['client_id'] = options.clientId;
  };
}
