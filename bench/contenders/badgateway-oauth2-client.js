/** `@badgateway/oauth2-client`: the fetch wrapper of its README. */
import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client';
import { capFetch } from './cap-fetch.js';

/** With client credentials. */
export function open({ origin, tokenEndpoint, client, connections }) {
  capFetch(connections);
  const oauth2 = new OAuth2Client({ server: tokenEndpoint, tokenEndpoint, clientId: client, clientSecret: 'secret' });
  const wrapper = new OAuth2Fetch({ client: oauth2, getNewToken: () => oauth2.clientCredentials() });
  return async (path) => {
    const response = await wrapper.fetch(`${origin}${path}`);
    if (response.ok) await response.json();
    else await response.text();
    return response.status;
  };
}
