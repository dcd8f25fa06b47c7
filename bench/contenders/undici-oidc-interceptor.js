/** undici-oidc-interceptor, set up as its README says. */
import { Agent, request } from 'undici';
import oidc from 'undici-oidc-interceptor';

/** It reads the expiry in the token, a JWT, and asks 10 s ahead of it, whatever the life. */
export function open({ origin, tokenEndpoint, client, connections }) {
  const dispatcher = new Agent(connections === undefined ? {} : { connections }).compose(
    oidc.createOidcInterceptor({
      clientId: client,
      clientSecret: 'secret',
      idpTokenUrl: tokenEndpoint,
      retryOnStatusCodes: [401],
      urls: [origin],
    }),
  );
  return async (path) => {
    const { statusCode, body } = await request(`${origin}${path}`, { dispatcher });
    await body.json();
    return statusCode;
  };
}
