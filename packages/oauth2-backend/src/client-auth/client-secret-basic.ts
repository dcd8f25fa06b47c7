/** Client authentication by HTTP Basic (RFC 6749 §2.3.1). */

import { type Credential, readCredential } from '../credential.js';
import { encodeFormValue } from '../form-encoding.js';
import type { DraftPart } from '../token-request.js';

export interface ClientSecretBasicOptions {
  readonly backend: string;
  readonly clientId: string;
  readonly clientSecret: Credential;
  /** `form` escapes id and secret as the RFC demands; `raw` is for servers that do not decode. */
  readonly encoding: 'form' | 'raw';
}

/** Sets `Authorization: Basic base64(id ":" secret)`, padded, from UTF-8. */
export function clientSecretBasic(options: ClientSecretBasicOptions): DraftPart {
  const encode = options.encoding === 'form' ? encodeFormValue : (value: string) => value;

  return async function writeBasicCredentials({ headers, secrets }) {
    const secret = await readCredential(options.clientSecret, 'client_secret', options.backend);
    const pair = Buffer.from(`${encode(options.clientId)}:${encode(secret)}`, 'utf8').toString('base64');
    headers['authorization'] = `Basic ${pair}`;
    secrets.push(secret, pair);
  };
}
