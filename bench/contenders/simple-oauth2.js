/** simple-oauth2 and fetch: a token is asked for when there is none or `expired()` says so, as its README has it. */
import { ClientCredentials } from 'simple-oauth2';
import { capFetch } from './cap-fetch.js';

/** It neither shares a request under way nor repeats a 401: its README does neither. */
export function open({ origin, tokenEndpoint, client, connections }) {
  capFetch(connections);
  const { origin: tokenHost, pathname: tokenPath } = new URL(tokenEndpoint);
  const oauth2 = new ClientCredentials({ client: { id: client, secret: 'secret' }, auth: { tokenHost, tokenPath } });
  let accessToken;
  return async (path) => {
    if (accessToken === undefined || accessToken.expired()) accessToken = await oauth2.getToken({});
    const headers = { authorization: `Bearer ${accessToken.token.access_token}` };
    const response = await fetch(`${origin}${path}`, { headers });
    if (response.ok) await response.json();
    else await response.text();
    return response.status;
  };
}
