/** Client authentication in the request body (RFC 6749 §2.3.1, OAuth 2.1 §2.4.1). */

import { useCredential } from '../credential.js';
import type { DraftPart } from '../token-request-draft.js';
import type { ClientSecretOptions } from './client-secret-options.js';

/** Writes `client_id` and `client_secret`; no Authorization header (OAuth 2.1 §2.4: one method only). */
export function clientSecretPost(options: ClientSecretOptions): DraftPart {
  return async function writePostCredentials(draft) {
    const secret = await useCredential(draft, options.clientSecret, 'client_secret', options.backend);
    draft.form['client_id'] = options.clientId;
    draft.form['client_secret'] = secret;
    draft.secrets.push(secret);
  };
}
