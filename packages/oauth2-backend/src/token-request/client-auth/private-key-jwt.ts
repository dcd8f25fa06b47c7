/** Client authentication by an assertion signed with the client's private key (OpenID Connect Core §9). */

import { signingKeySource } from '../signing-key-source.js';
import type { DraftPart } from '../token-request-draft.js';
import { type ClientAssertionOptions, clientAssertion } from './client-assertion.js';

/** Signs with the profile's key; a `key_file` is looked at for each token request. */
export function privateKeyJwt(options: ClientAssertionOptions): DraftPart {
  const key = signingKeySource(options.signing, options.backend);
  const write = clientAssertion(options);

  return function writeKeyAssertion(draft) {
    return write(draft, key);
  };
}
