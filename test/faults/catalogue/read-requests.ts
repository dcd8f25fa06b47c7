/** Reads HTTP/1.1 requests off a connection, one after the other, as far as clients in tests need it. */
import type { Duplex } from 'node:stream';

/** A request that was read whole. */
export interface ReadRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Calls back for each request when its last byte has come. */
export function readRequests(stream: Duplex, onRequest: (request: ReadRequest) => void): void {
  let unread = '';
  stream.on('data', (bytes: Buffer) => {
    unread += bytes.toString('latin1');
    for (let read = readOne(unread); read; read = readOne(unread)) {
      unread = read.rest;
      onRequest(read.request);
    }
  });
}

function readOne(text: string): { request: ReadRequest; rest: string } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [start = '', ...lines] = text.slice(0, end).split('\r\n');
  const [method = '', url = ''] = start.split(' ');
  const headers = Object.fromEntries(lines.map((line) => [nameOf(line), line.slice(line.indexOf(':') + 1).trim()]));
  const after = text.slice(end + 4);
  const body = headers['transfer-encoding'] === undefined ? sized(after, headers) : unchunked(after);
  return body && { request: { method, url, headers, body: body.text }, rest: after.slice(body.length) };
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}

function sized(text: string, headers: Record<string, string>): { text: string; length: number } | undefined {
  const length = Number(headers['content-length'] ?? 0);
  return text.length < length ? undefined : { text: text.slice(0, length), length };
}

function unchunked(text: string): { text: string; length: number } | undefined {
  let whole = '';
  for (let at = 0; ; ) {
    const end = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, end), 16);
    if (end < 0 || text.length < end + 2 + size + 2) return undefined;
    whole += text.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
    if (size === 0) return { text: whole, length: at };
  }
}
