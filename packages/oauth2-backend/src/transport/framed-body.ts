/** Bodies whose end Node would not tell: those that come in pieces with a method that seldom has one. */

import { ClientRequest } from 'node:http';

/**
 * Has the body of a GET, DELETE or OPTIONS sent in chunks, or with its length, where no header says where it ends: the server
 * would take it for the next request on the connection (RFC 9112 §6.3). What has no body says nothing of one.
 *
 * @param request nothing of whose body is written yet
 */
export function frameBody(request: ClientRequest): ClientRequest {
  // Node does it by itself for the others.
  if (request.useChunkedEncodingByDefault) return request;
  request.write = writeFramed as ClientRequest['write'];
  request.end = endFramed as ClientRequest['end'];
  return request;
}

function writeFramed(this: ClientRequest, ...given: unknown[]): boolean {
  return hasFrame(this) && ClientRequest.prototype.write.apply(this, given as never);
}

function endFramed(this: ClientRequest, ...given: unknown[]): ClientRequest {
  const [chunk] = given;
  const hasBody = chunk !== undefined && chunk !== null && typeof chunk !== 'function';
  return hasBody && !hasFrame(this) ? this : ClientRequest.prototype.end.apply(this, given as never);
}

function hasFrame(request: ClientRequest): boolean {
  if (request.useChunkedEncodingByDefault) return true;
  // With `Expect` the head is made before there is a body.
  if (request.headersSent && !request.hasHeader('content-length') && !request.hasHeader('transfer-encoding')) {
    request.destroy(new TypeError('a body with Expect needs a Content-Length, or Transfer-Encoding: chunked'));
    return false;
  }
  request.useChunkedEncodingByDefault = true;
  return true;
}
