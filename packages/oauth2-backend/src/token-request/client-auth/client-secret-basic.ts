/** Client authentication by HTTP Basic (RFC 6749 §2.3.1). */

import { useCredential } from '../credential.js';
import { encodeFormValue } from '../form-encoding.js';
import type { DraftPart } from '../token-request-draft.js';
import type { ClientSecretOptions } from './client-secret-options.js';

/** A client that has a secret, and how its server reads it. */
interface ClientSecretBasicOptions extends ClientSecretOptions {
  /** `form` escapes id and secret as the RFC demands; `raw` is for servers that do not decode. */
  readonly encoding: 'form' | 'raw';
}

/** Sets `Authorization: Basic base64(id ":" secret)`, padded, from UTF-8. */
export function clientSecretBasic(options: ClientSecretBasicOptions): DraftPart {
  const encode = options.encoding === 'form' ? encodeFormValue : (value: string) => value;

  return async function writeBasicCredentials(draft) {
    const secret = await useCredential(draft, options.clientSecret, 'client_secret', options.backend);
    const pair = Buffer.from(`${encode(options.clientId)}:${encode(secret)}`, 'utf8').toString('base64');
    draft.headers['authorization'] = `Basic ${pair}`;
    draft.secrets.push(secret, pair);
    const plain = options.clientId + secret;
    if (encodeFormValue(plain) !== plain) draft.facts.ambiguousBasic = options.encoding;
  };
}
