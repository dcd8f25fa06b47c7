/** The resource owner password credentials grant (RFC 6749 §4.3), for services that still need it (RFC 9700 §2.4). */

import type { ResolvedCredential } from '../../definitions/resolved-credentials.js';
import { useCredential } from '../credential.js';
import type { DraftPart } from '../token-request-draft.js';

/** Whose credentials, and what is asked for. */
interface PasswordOptions {
  /** Name of the backend, for messages. */
  readonly backend: string;
  readonly username: string;
  readonly password: ResolvedCredential;
  readonly scope: string | undefined;
}

/** Writes `grant_type`, `username`, `password` and, when there is one, `scope`. */
export function password(options: PasswordOptions): DraftPart {
  return async function writePassword(draft) {
    const { form, secrets } = draft;
    const secret = await useCredential(draft, options.password, 'password', options.backend);
    form['grant_type'] = 'password';
    form['username'] = options.username;
    form['password'] = secret;
    if (options.scope !== undefined) form['scope'] = options.scope;
    secrets.push(secret);
  };
}
