/** openid-client with the cache that one writes around it by hand: kept, shared, renewed ahead, a 401 repeated once. */
import * as openid from 'openid-client';
import { capFetch } from './cap-fetch.js';

/** With Node's fetch. */
export function open({ origin, tokenEndpoint, client, connections }) {
  capFetch(connections);
  const configuration = new openid.Configuration(
    { issuer: new URL(tokenEndpoint).origin, token_endpoint: tokenEndpoint },
    client,
    'secret',
  );
  openid.allowInsecureRequests(configuration);
  const cache = tokenCache(configuration);

  return async (path) => {
    const token = await cache.token();
    const response = await send(path, token);
    if (response.status !== 401) return finish(response);
    await response.text();
    cache.drop(token);
    return finish(await send(path, await cache.token()));
  };

  function send(path, token) {
    return fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } });
  }
}

function tokenCache(configuration) {
  let kept;
  let asking;

  return {
    async token() {
      if (kept !== undefined && Date.now() < kept.renewAt) return kept.value;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    drop(value) {
      if (kept?.value === value) kept = undefined;
    },
  };

  async function ask() {
    const answer = await openid.clientCredentialsGrant(configuration);
    const life = (answer.expires_in ?? 300) * 1000;
    kept = { value: answer.access_token, renewAt: Date.now() + life - Math.min(30_000, life / 10) };
    return kept.value;
  }
}

async function finish(response) {
  if (response.ok) await response.json();
  else await response.text();
  return response.status;
}
