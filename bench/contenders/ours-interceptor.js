/** `bearerInterceptor` on a user's own dispatcher, over `reuse` of a user's own source. */
import { bearer, bearerInterceptor, reuse } from 'oauth2-backend';
import { Agent } from 'undici';
import { askForToken } from './ask-for-token.js';

/** Composed with an agent. */
export function open(options) {
  const { origin, connections } = options;
  const source = reuse({ token: () => accessToken(options) });
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, ...(connections !== undefined && { connections }) });
  const dispatcher = agent.compose(bearerInterceptor(bearer(source, { origin })));
  return async (path) => {
    const { statusCode, body } = await dispatcher.request({ origin, path, method: 'GET' });
    await body.json();
    return statusCode;
  };
}

async function accessToken(options) {
  const issuedAt = Date.now();
  const { access_token: value, expires_in: seconds } = await askForToken(options);
  return { value, type: 'Bearer', issuedAt, expiresAt: issuedAt + seconds * 1000 };
}
