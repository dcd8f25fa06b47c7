/** Whether a secret was replaced after it had been read. */

import { type Credential, readCredential } from './credential.js';

/** Asks a function or file again; a value in the configuration does not change. */
export function changeOf(credential: Credential, sent: string, backend: string): (() => Promise<boolean>) | undefined {
  if (typeof credential === 'string') return undefined;
  return async () => (await readCredential(credential, 'client_secret', backend)) !== sent;
}
