/** A request as a stream of HTTP/2 carries it (RFC 9113 §8.3). */

import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http2';
import { Readable } from 'node:stream';
import { types } from 'node:util';
import type { Dispatcher } from 'undici';

export interface Http2Request {
  readonly headers: OutgoingHttpHeaders;
  /** Text and bytes are sent again where a server has refused them; a stream is not. */
  readonly body: string | Uint8Array | Readable | null;
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
  readonly expectContinue: boolean;
}

/**
 * Gives the request for HTTP/2; `undefined` for what HTTP/1.1 alone has - tunnels, upgrades, headers of one connection - and
 * for what is wrong in every version: undici says so.
 */
export function http2Request(request: Dispatcher.DispatchOptions): Http2Request | undefined {
  const { method, path, upgrade, headersTimeout, bodyTimeout, expectContinue } = request;
  if (upgrade || method === 'CONNECT' || !ORIGIN_FORM.test(path) || !TOKEN.test(method)) return undefined;
  const timeouts = { headersTimeout: headersTimeout ?? 0, bodyTimeout: bodyTimeout ?? 0 };
  if (!isTime(timeouts.headersTimeout) || !isTime(timeouts.bodyTimeout)) return undefined;
  const body = sentBody(request.body);
  const { host, protocol } = new URL(String(request.origin));
  const headers = sentHeaders(request.headers as Record<string, string | string[]> | null | undefined);
  if (!headers || body === undefined) return undefined;
  if (body === null && WITH_BODY.has(method)) headers['content-length'] = '0';
  else if (body === null) delete headers['content-length'];
  else if (!(body instanceof Readable)) {
    const length = String(Buffer.byteLength(body));
    if ((headers['content-length'] ?? length) !== length) return undefined;
    headers['content-length'] = length;
  }
  const { host: authority = host, ...others } = headers;
  return {
    headers: { ':method': method, ':scheme': protocol.slice(0, -1), ':authority': authority, ':path': path, ...others },
    body,
    ...timeouts,
    expectContinue: expectContinue === true,
  };
}

const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);
const ORIGIN_FORM = /^[/*][\x21-\xff]*$/;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

function isTime(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) >= 0;
}

/** RFC 9113 §8.2.2, and `Expect`, which undici has an option for. */
const OF_HTTP1 = new Set([
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** @returns `undefined` where one cannot be sent */
function sentHeaders(given: Record<string, string | string[]> | null | undefined): OutgoingHttpHeaders | undefined {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined) continue;
    const text = [value].flat().join(name === 'cookie' ? '; ' : ', ');
    if (OF_HTTP1.has(name) || !isHeader(name, text)) return undefined;
    if (name === 'te' && text.toLowerCase() !== 'trailers') return undefined;
    // Whether the connection stays open is HTTP/2's own affair.
    if (name === 'connection' && /^(?:close|keep-alive)$/i.test(text)) continue;
    if (name === 'connection') return undefined;
    headers[name] = text;
  }
  return headers;
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** @returns `undefined` for what undici does not take either */
function sentBody(body: unknown): Http2Request['body'] | undefined {
  if (body === undefined || body === null || body === '') return null;
  if (typeof body === 'string' || body instanceof Readable) return body;
  if (types.isUint8Array(body)) return body.byteLength === 0 ? null : body;
  if (typeof body !== 'object') return undefined;
  // Not `instanceof` alone: packages bring streams of their own.
  if ('pipe' in body && typeof body.pipe === 'function') return new Readable().wrap(body as NodeJS.ReadableStream);
  if (Symbol.asyncIterator in body || Symbol.iterator in body) {
    return Readable.from(body as AsyncIterable<unknown>, { objectMode: false });
  }
  return undefined;
}
