/** `dispatcher.request({ origin, path })` of undici with a constant header: the least that undici's promises cost. */
import { Agent } from 'undici';
import { constantHeader } from './constant-header.js';

/** An agent without undici's own timers. */
export async function open(options) {
  const { origin } = options;
  const headers = await constantHeader(options);
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  return async (path) => {
    const { statusCode, body } = await agent.request({ origin, path, method: 'GET', headers });
    await body.json();
    return statusCode;
  };
}
