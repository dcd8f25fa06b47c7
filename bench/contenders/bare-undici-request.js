/** `undici.request(url)` with a constant header. */
import { request } from 'undici';
import { constantHeader } from './constant-header.js';

/** As undici's README has it: its own global agent. */
export async function open(options) {
  const headers = await constantHeader(options);
  return async (path) => {
    const { statusCode, body } = await request(`${options.origin}${path}`, { headers });
    await body.json();
    return statusCode;
  };
}
