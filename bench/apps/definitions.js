/** What the applications of our own define. */

/** One backend with client credentials. */
export function definitions({ origin, tokenEndpoint, client }) {
  return {
    api: {
      origin,
      oauth2: {
        grant_type: 'client_credentials',
        token_endpoint: tokenEndpoint,
        client_id: client,
        client_secret: 'secret',
      },
    },
  };
}
