/** undici's `fetch` with a constant header. */
import { Agent, fetch } from 'undici';
import { constantHeader } from './constant-header.js';

/** An agent without undici's own timers. */
export async function open(options) {
  const headers = await constantHeader(options);
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  return async (path) => {
    const response = await fetch(`${options.origin}${path}`, { headers, dispatcher });
    await response.json();
    return response.status;
  };
}
