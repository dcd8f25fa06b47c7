/** Client authentication by HTTP Basic (RFC 6749 §2.3.1). */

import { type Credential, changeOf, readCredential } from '../credential.js';
import type { DraftPart } from '../draft.js';
import { encodeFormValue } from '../form-encoding.js';

export interface ClientSecretBasicOptions {
  readonly backend: string;
  readonly clientId: string;
  readonly clientSecret: Credential;
  /** `form` escapes id and secret as the RFC demands; `raw` is for servers that do not decode. */
  readonly encoding: 'form' | 'raw';
}

const HINT =
  'client_id or client_secret holds characters that servers read in two ways: "basic_encoding" ("form" or "raw") chooses between them';

/** Sets `Authorization: Basic base64(id ":" secret)`, padded, from UTF-8. */
export function clientSecretBasic(options: ClientSecretBasicOptions): DraftPart {
  const encode = options.encoding === 'form' ? encodeFormValue : (value: string) => value;

  return async function writeBasicCredentials(draft) {
    const secret = await readCredential(options.clientSecret, 'client_secret', options.backend);
    const pair = Buffer.from(`${encode(options.clientId)}:${encode(secret)}`, 'utf8').toString('base64');
    draft.headers['authorization'] = `Basic ${pair}`;
    draft.secrets.push(secret, pair);
    draft.secretChanged = changeOf(options.clientSecret, secret, options.backend);
    if (encodeFormValue(options.clientId + secret) !== options.clientId + secret)
      draft.hints.set('invalid_client', HINT);
  };
}
