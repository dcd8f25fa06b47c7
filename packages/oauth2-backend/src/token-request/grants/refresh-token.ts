/** The refresh of a token (RFC 6749 §6): on the authority of the grant that the refresh token came with. */

import type { DraftPart } from '../token-request-draft.js';

/** Writes `grant_type`, `refresh_token`, and as `scope` what was granted: more must not be asked for. */
export function refreshToken(options: { readonly value: string; readonly scope: string | undefined }): DraftPart {
  return function writeRefreshToken({ form, secrets }) {
    form['grant_type'] = 'refresh_token';
    form['refresh_token'] = options.value;
    if (options.scope !== undefined) form['scope'] = options.scope;
    secrets.push(options.value);
  };
}
