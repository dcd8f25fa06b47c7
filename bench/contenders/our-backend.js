/** The backend that our own contenders use. */
import { createBackends } from 'oauth2-backend';

const NO_LIMITS = { connect_timeout: '0s', ttfb_timeout: '0s', timeout: '0s' };

/** A backend with client credentials; `limits: false` switches its timeouts off, `connections` caps its sockets, `store` shares its token. */
export function ourBackend({ origin, tokenEndpoint, client, connections, limits = true, store }) {
  const definition = {
    origin,
    ...(connections !== undefined && { max_connections: connections }),
    ...(!limits && NO_LIMITS),
    oauth2: {
      grant_type: 'client_credentials',
      token_endpoint: tokenEndpoint,
      client_id: client,
      client_secret: 'secret',
    },
  };
  return createBackends({ api: definition }, { store }).get('api');
}
