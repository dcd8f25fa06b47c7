/** Client authentication by an assertion signed with the client's secret (OpenID Connect Core §9). */

import { useCredential } from '../credential.js';
import { usableKey } from '../signing-key-source.js';
import type { DraftPart } from '../token-request-draft.js';
import { type ClientAssertionOptions, clientAssertion } from './client-assertion.js';
import type { ClientSecretOptions } from './client-secret-options.js';

/** Signs with HMAC; the secret's UTF-8 bytes are the key, and it does not travel. */
export function clientSecretJwt(options: ClientAssertionOptions & ClientSecretOptions): DraftPart {
  const { backend, clientSecret, signing } = options;
  const write = clientAssertion(options);

  return async function writeSecretAssertion(draft) {
    const secret = await useCredential(draft, clientSecret, 'client_secret', backend);
    const key = usableKey(signing.algorithm, secret, 'client_secret', backend);
    await write(draft, async () => key);
    draft.secrets.push(secret);
  };
}
