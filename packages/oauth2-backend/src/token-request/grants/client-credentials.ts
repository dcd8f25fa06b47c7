/** The client credentials grant (RFC 6749 §4.4): the client asks on its own authority. */

import type { DraftPart } from '../token-request-draft.js';

/** Writes `grant_type` and, when there is one, `scope`. */
export function clientCredentials(options: { scope: string | undefined }): DraftPart {
  return function writeClientCredentials({ form }) {
    form['grant_type'] = 'client_credentials';
    if (options.scope !== undefined) form['scope'] = options.scope;
  };
}
