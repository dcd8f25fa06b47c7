/** axios-oauth-client with axios-token-interceptor, each as its README says. */
import { Agent } from 'node:http';
import axios from 'axios';
import { clientCredentials } from 'axios-oauth-client';
import tokenProvider from 'axios-token-interceptor';

/** The cache keeps a token for `expires_in`, to the end. */
export function open({ origin, tokenEndpoint, client, connections }) {
  const httpAgent = new Agent({ keepAlive: true, ...(connections !== undefined && { maxSockets: connections }) });
  const instance = axios.create({ baseURL: origin, httpAgent });
  const getClientCredentials = clientCredentials(axios.create({ httpAgent }), tokenEndpoint, client, 'secret');
  const cache = tokenProvider.tokenCache(() => getClientCredentials(), {
    getMaxAge: (body) => body.expires_in * 1000,
  });
  instance.interceptors.request.use(
    tokenProvider({ getToken: cache, headerFormatter: (body) => `Bearer ${body.access_token}` }),
  );
  return async (path) => (await instance.get(path)).status;
}
