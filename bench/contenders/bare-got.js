/** got with a constant header. */
import { Agent } from 'node:http';
import got from 'got';
import { constantHeader } from './constant-header.js';

/** Without retries, as through a backend. */
export async function open(options) {
  const headers = await constantHeader(options);
  const client = got.extend({ headers, retry: { limit: 0 }, agent: { http: new Agent({ keepAlive: true }) } });
  return async (path) => {
    await client(`${options.origin}${path}`).json();
    return 200;
  };
}
