/** An answer on its way to the inbound client: nothing of it waits for what comes later. */

import { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

/**
 * Sends the head that has been written, unless there is a chunk to send it with, and has each chunk pass the `compression`
 * middleware when no other is there. Call it when the body is piped.
 */
export function sendInTime(body: Readable, response: ServerResponse & { readonly flush?: unknown }): void {
  if (body.readableLength === 0) sendHead(response);
  const { flush } = response;
  if (typeof flush !== 'function') return;
  body.on('data', () => {
    // What is there already is compressed together.
    if (body.readableLength === 0) Reflect.apply(flush, response, []);
  });
}

function sendHead(response: ServerResponse): void {
  // It is written at once anyway, and Node may refuse what passes for a body.
  if (response.req.method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304) return;
  // `flushHeaders` would write it in UTF-8, and double the bytes above ASCII. Not what a middleware has put over `write`.
  if (response.req.httpVersionMajor < 2) Reflect.apply(ServerResponse.prototype.write, response, [NOTHING]);
  else response.flushHeaders();
}

const NOTHING = Buffer.alloc(0);
