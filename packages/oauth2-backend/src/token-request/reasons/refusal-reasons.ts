/** What to look at, by the OAuth error of an answer (RFC 6749 §5.2, RFC 8693 §2.2.2). */

import { saysNothing } from './said.js';
import { basicReason, type Sent, sentNames, sentScope, sentTarget } from './sent.js';
import { assertionReason } from './sent-assertion.js';

type Reason = (sent: Sent, said?: string) => string | undefined;

/** By error. `always` is said beside the server's own words, `unexplained` where these say nothing. */
const REASONS: ReadonlyMap<unknown, { readonly always?: Reason; readonly unexplained?: Reason }> = new Map([
  ['invalid_client', { always: (sent: Sent) => signed(sent) ?? unproven(sent), unexplained: ofClient }],
  ['invalid_grant', { always: signed, unexplained: ofGrant }],
  ['invalid_request', { always: ofRequest, unexplained: (sent: Sent) => basicReason(sent) ?? signed(sent) }],
  ['invalid_scope', { always: sentScope }],
  ['invalid_target', { always: sentTarget }],
  // AD FS.
  ['invalid_resource', { always: sentTarget }],
  // Keycloak has it for a wrong secret, too.
  ['unauthorized_client', { always: registered, unexplained: (sent: Sent, said?: string) => said && ofClient(sent) }],
  [
    'unsupported_grant_type',
    { always: (sent: Sent) => `sent was ${grantOf(sent)}: does the server have it, and for this client?` },
  ],
  ['invalid_token', { unexplained: ofGrant }],
  [
    'access_denied',
    {
      always: (sent: Sent) => `${sentScope(sent)}, ${sentTarget(sent)}`,
      // Auth0 has it for a wrong secret, too.
      unexplained: () => 'a policy of the server forbids it, or client_id or client_secret is wrong',
    },
  ],
  // Google.
  [
    'admin_policy_enforced',
    { always: () => 'a policy of the organization forbids it: its administrators can allow it' },
  ],
  ['invalid_dpop_proof', { always: () => WANTS_DPOP }],
  ['use_dpop_nonce', { always: () => WANTS_DPOP }],
  ['interaction_required', { unexplained: () => WANTS_USER }],
  ['login_required', { unexplained: () => WANTS_USER }],
  ['consent_required', { unexplained: () => WANTS_USER }],
  ['server_error', { unexplained: () => 'the server failed; its log says why' }],
  ['temporarily_unavailable', { unexplained: () => 'the server is overloaded or being maintained' }],
  ['slow_down', { unexplained: () => 'too many token requests for this client' }],
]);

const WANTS_DPOP = 'the server wants DPoP of this client, and the request has no proof';
const WANTS_USER = 'the user has to log in or to consent first';

/** Whether there are any. */
export function hasReasons(error: unknown): boolean {
  return REASONS.has(error);
}

/** Sentences for an error of this name, beside what the server says of it. */
export function refusalReasons(error: unknown, said: string | undefined, sent: Sent): (string | undefined)[] {
  const reason = REASONS.get(error);
  return [reason?.always?.(sent, said), saysNothing(said) ? reason?.unexplained?.(sent, said) : undefined];
}

/** Whether it may be the assertion that the server does not like. */
export function concernsAssertion(error: unknown): boolean {
  return error === 'invalid_client' || error === 'invalid_grant';
}

function signed({ assertion }: Sent): string | undefined {
  return assertion && assertionReason(assertion);
}

function ofClient(sent: Sent): string | undefined {
  const { method, assertion } = sent;
  if (assertion?.of === 'client') return `is the client registered for ${method} ("token_endpoint_auth_method")?`;
  if (method === undefined || method === 'none') return undefined;
  return (
    basicReason(sent) ??
    `check client_id and client_secret, and whether the server takes ${method} ("token_endpoint_auth_method")`
  );
}

/** It is said whatever the server says: some complain of what they cannot read. */
function unproven({ method }: Sent): string | undefined {
  if (method === undefined) return 'no client was named: does the server want "client_id"?';
  if (method !== 'none') return undefined;
  return 'no proof of the client was sent (token_endpoint_auth_method "none"): does it have a client_secret?';
}

function ofRequest(sent: Sent, said = ''): string | undefined {
  return (ENCODING.test(said) ? basicReason(sent) : undefined) ?? sentNames(sent);
}

const ENCODING = /\bencod|\bdecod|\bmalformed authorization\b/i;

function registered(sent: Sent): string {
  return `is the client registered for ${grantOf(sent)}?`;
}

function ofGrant({ form, assertion }: Sent): string | undefined {
  return assertion ? undefined : GRANTS.get(form['grant_type']);
}

const GRANTS: ReadonlyMap<unknown, string> = new Map([
  [
    'client_credentials',
    'is the client registered for grant_type "client_credentials", and does the server want DPoP or a client certificate of it?',
  ],
  ['password', 'check username and password, and whether this user may log in without a second factor'],
  ['refresh_token', 'the refresh token has ended, was used before, or was revoked'],
  [
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'the assertion may have ended, have been used before, or have another iss, aud or sub than the server wants',
  ],
  [
    'urn:ietf:params:oauth:grant-type:token-exchange',
    'the subject token may have ended, be for another audience than this client may exchange, or be no "subject_token_type" that the server takes',
  ],
]);

function grantOf({ form }: Sent): string {
  return `grant_type "${String(form['grant_type'])}"`;
}
