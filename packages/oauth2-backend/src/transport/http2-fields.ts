/** The header fields of HTTP/2 as undici's handlers take those of HTTP/1.1. */

import type { IncomingHttpHeaders } from 'node:http2';

/** Names and values in turn; no pseudo-headers. */
export function flat(fields: IncomingHttpHeaders): Buffer[] {
  const raw: Buffer[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(':') || value === undefined) continue;
    for (const each of [value].flat()) raw.push(Buffer.from(name, 'latin1'), Buffer.from(String(each), 'latin1'));
  }
  return raw;
}

/** Bytes of names and values. */
export function sizeOf(raw: readonly Buffer[]): number {
  return raw.reduce((sum, { length }) => sum + length, 0);
}
