/** A backend's token for clients of another kind: by itself, or as the headers of one request. */

import type { Bearer } from '../bearer/bearer.js';
import { ownMembers } from '../definitions/own-members.js';
import { putCredentials } from '../outbound/complete-request.js';
import { OutboundCall, PLAIN_CALL } from '../outbound/outbound-call.js';
import type { ClientSettings } from '../outbound/settings.js';
import type { AccessToken } from '../token.js';
import { NO_QUERY } from '../token-request/own-query.js';

/** How the token itself is asked for. */
export interface TokenOptions {
  readonly signal?: AbortSignal | undefined;
  /** The value of a token that the API has just refused: another one is given where there can be one. */
  readonly refused?: string | undefined;
}

/** The request that is to be authorized. */
export interface AuthorizationRequest extends TokenOptions {
  /** Of the request, in any case; with `abort_on_disconnect: 'safe'` it says whether the inbound client's leaving ends the wait. */
  readonly method: string;
  /** Absolute, or relative to the backend's origin and `path_prefix` as in `fetch`. */
  readonly url: string | URL;
  /** The last `DPoP-Nonce` of the API (RFC 9449 §8.2): for proofs, which a bearer token does not need. */
  readonly nonce?: string | undefined;
}

/** Gives what a backend's `token()` is. */
export function tokenGiver(bearer: Bearer, settings: ClientSettings): (options?: TokenOptions) => Promise<AccessToken> {
  return async (options = {}) => {
    const { signal, refused } = ownMembers(options);
    assertText({ refused });
    return (
      (await freshToken(bearer, settings, { method: 'GET', signal, refused })) ??
      // It has none: the bearer knows what to say of that.
      bearer.token(NO_QUERY)
    );
  };
}

/** Gives the headers that carry the token, or the backend's own credentials, to one request. */
export function authorizer(
  bearer: Bearer,
  settings: ClientSettings,
): (request: AuthorizationRequest) => Promise<Record<string, string>> {
  return async (request) => {
    const { method, url, signal, refused, nonce } = ownMembers(request);
    if (typeof method !== 'string') throw new TypeError('method must be a string');
    assertText({ refused, nonce });
    bearer.target.resolve(url);
    const headers: Record<string, string> = {};
    putCredentials(headers, settings, bearer, await freshToken(bearer, settings, { method, signal, refused }));
    return headers;
  };
}

/** `undefined` for a backend without a token. Who has to wait is released as a request of this method is. */
async function freshToken(
  bearer: Bearer,
  settings: ClientSettings,
  { method, signal, refused }: TokenOptions & { readonly method: string },
): Promise<AccessToken | undefined> {
  const current = bearer.hasToken && refused === undefined ? bearer.current() : undefined;
  if (current || !bearer.hasToken) {
    settings.begin(() => {})();
    return current;
  }
  const call = new OutboundCall(bearer, settings, { ...PLAIN_CALL, method, signal });
  try {
    return await call.token(false, refused);
  } finally {
    call.done();
  }
}

function assertText(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && typeof value !== 'string') throw new TypeError(`${name} must be a string`);
  }
}
