/** The bearer token of an inbound request. */

import type { IncomingMessage } from 'node:http';

const BEARER = /^Bearer +([\x21\x23-\x2b\x2d-\x7e]+)$/i;

/**
 * Gives the token of the request's one `Authorization` header (RFC 6750 §2.1); `undefined` where there is none, more than
 * one, another scheme, or anything but visible ASCII without `"` and `,`.
 */
export function inboundBearer({
  headers,
  rawHeaders = [],
}: Pick<IncomingMessage, 'headers'> & Partial<Pick<IncomingMessage, 'rawHeaders'>>): string | undefined {
  const { authorization } = headers;
  if (typeof authorization !== 'string') return undefined;
  // Node shows the first of several and drops the others: who sent the first is then a guess.
  const names = rawHeaders.filter((name, index) => index % 2 === 0 && AUTHORIZATION.test(name));
  return names.length > 1 ? undefined : BEARER.exec(authorization)?.[1];
}

const AUTHORIZATION = /^authorization$/i;
