/** Sends a `Response` where the framework does not know them. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Settles when all of it is written. */
export async function sendResponse({ status, headers, body }, response) {
  response.statusCode = status;
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.flushHeaders();
  if (body) await pipeline(Readable.fromWeb(body), response);
  else response.end();
}
