/** The backends of an application: two of the application itself, two of its users. */

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Names of the backends by whose token they send. */
export const backendNames = { shared: ['catalogue', 'stock'], perUser: ['orders', 'profile'] };

/** Definitions for the application `app`: client ids are `<app>:<backend>`, paths `/<app>/<backend>`. */
export function definitions({ app, api, tokenEndpoint, secretFile }) {
  let nonce = 0;
  const userOf = (context) => context?.inbound.get('x-user');

  return {
    // Two share a token backend, and so its pauses; the others have one each.
    authorization: { origin: new URL(tokenEndpoint).origin, timeout: '1500ms' },
    catalogue: backend('catalogue', { grant_type: 'client_credentials', scope: 'read', backend: 'authorization' }),
    stock: backend('stock', { grant_type: 'client_credentials', backend: 'authorization' }),
    orders: backend('orders', {
      grant_type: jwtBearer,
      subject: userOf,
      assertion: async (context) => `${userOf(context)}.${++nonce}`,
    }),
    profile: backend('profile', { grant_type: jwtBearer, assertion: (context) => `${userOf(context)}.always` }),
  };

  function backend(name, oauth2) {
    return {
      origin: api,
      path_prefix: `/${app}/${name}`,
      oauth2: {
        token_endpoint: tokenEndpoint,
        client_id: `${app}:${name}`,
        client_secret_file: secretFile,
        backend: { timeout: '1500ms' },
        ...oauth2,
      },
    };
  }
}
