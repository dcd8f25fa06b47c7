/** What a request says of where its body ends. */

import type { EncodedBody } from './replayable-body.js';
import { headerPairs } from './request-headers.js';

/**
 * Refuses a `Content-Length` or `Transfer-Encoding` of the caller's that does not fit the body: the server would take the next
 * request on the connection for the rest of it (RFC 9112 §6). The length of a stream is the connection's to check.
 *
 * @param headers in each form that `headerPairs` takes
 * @throws TypeError that names the header
 */
export function assertFrame(
  headers: unknown,
  { bytes, stream }: { readonly bytes?: EncodedBody['bytes'] | undefined; readonly stream?: unknown },
): void {
  let length: number | undefined;
  for (const [name, value] of headerPairs(headers)) {
    const key = name.toLowerCase();
    if (key === 'transfer-encoding' && (stream === undefined || value.toLowerCase() !== 'chunked')) throw unfit(key);
    if (key !== 'content-length') continue;
    const more = length !== undefined || !/^\d{1,15}$/.test(value);
    length = Number(value);
    if (more || (stream === undefined && length !== Buffer.byteLength(bytes ?? ''))) throw unfit(key);
  }
}

function unfit(name: string): TypeError {
  return new TypeError(`${name} does not fit the body of the request: leave it out`);
}
