/**
 * The error codes that the RFCs name for a token endpoint: RFC 6749 §5.2, RFC 8693 §2.2.2, RFC 9449 §12.2, RFC 6750 §3.1,
 * RFC 8628 §3.5, OpenID Connect Core §3.1.2.6, and what RFC 6749 §4.1.2.1 has for servers in trouble. They repeat no secret.
 */
export const OAUTH_ERRORS: ReadonlySet<unknown> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
  'invalid_token',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'interaction_required',
  'login_required',
  'consent_required',
  'account_selection_required',
  'access_denied',
  'server_error',
  'temporarily_unavailable',
  'authorization_pending',
  'slow_down',
  'expired_token',
]);
