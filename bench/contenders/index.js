/** Who takes part, by the name of the module in this folder. */

/** How each is called in tables and in the plot. */
export const titles = {
  'ours-request': 'oauth2-backend `request`',
  'ours-interceptor': 'oauth2-backend `bearerInterceptor`',
  'ours-fetch': 'oauth2-backend `fetch`',
  'ours-got': 'oauth2-backend `got`',
  'bare-undici-request': 'bare `undici.request(url)`',
  'bare-dispatcher-request': 'bare `dispatcher.request()`',
  'bare-fetch': 'bare undici `fetch`',
  'bare-got': 'bare got',
  'undici-oidc-interceptor': 'undici-oidc-interceptor',
  'badgateway-oauth2-client': '@badgateway/oauth2-client',
  'simple-oauth2': 'simple-oauth2 + fetch',
  'axios-oauth-client': 'axios-oauth-client + axios-token-interceptor',
  'openid-client': 'openid-client + hand-written cache',
};

/** Our ways to send a request. */
export const ours = ['ours-request', 'ours-interceptor', 'ours-fetch', 'ours-got'];

/** The same HTTP clients without us. */
export const bare = ['bare-undici-request', 'bare-dispatcher-request', 'bare-fetch', 'bare-got'];

/** What one would use instead. */
export const peers = [
  'undici-oidc-interceptor',
  'badgateway-oauth2-client',
  'simple-oauth2',
  'axios-oauth-client',
  'openid-client',
];
