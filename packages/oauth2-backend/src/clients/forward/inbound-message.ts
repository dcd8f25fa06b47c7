/** An inbound request's head: its headers as they may travel on, the frame of its body, and whether it is one to forward. */

import type { IncomingMessage } from 'node:http';
import { ownMembers } from '../../definitions/own-members.js';
import { isFieldValue, isToken } from '../../definitions/schema/values.js';
import { countedHeaders } from './counted-headers.js';
import type { Declined } from './forward-answer.js';
import { connectionOptions } from './hop-by-hop.js';
import { closing, type Frame, frameProblem, isHttp2, readFrame } from './inbound-frame.js';
import { isDropped, type WithholdingRules } from './withheld-headers.js';

/** What an inbound request says of itself. */
export interface InboundMessage {
  /** End to end only, without what belongs to the client; names in lower case, values in their order. */
  readonly headers: Record<string, string | string[]>;
  /** Bytes of the body, or that it is chunked, or, where no socket made the request, perhaps there; `undefined` when there is none. */
  readonly body: number | 'chunked' | 'unknown' | undefined;
  readonly host: string | undefined;
  /** Whether it came by a connection; if not, a serverless adapter or a test has made it. */
  readonly bySocket: boolean;
}

/** What says which requests are forwarded, and which of their headers. */
interface ReadingRules extends WithholdingRules {
  /** The one that is asked for by `Upgrade`, lower case; `undefined` for none. */
  readonly protocol: string | undefined;
}

/**
 * Reads a request's head; tells when it must not be forwarded. It trusts no parser: Node's own can be made lenient.
 *
 * @throws ConfigurationError for what the application has set in `request.headers` and no header can hold
 */
export function readInbound(request: IncomingMessage, options: ReadingRules): InboundMessage | Declined {
  const method = request.method ?? '';
  // An upstream would send the token back in its answer to TRACE (RFC 9110 §9.3.8).
  if (method === 'CONNECT' || method === 'TRACE') return { status: 501 };

  const came: Record<string, string | string[]> = Object.create(null);
  const frame: Frame = ownMembers({ hosts: 0, lengths: 0, codings: 0 });
  const { rawHeaders: raw } = request;
  const bySocket = isBySocket(raw);
  for (let index = 0; bySocket && index + 1 < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    const value = raw[index + 1] as string;
    if (!isToken(name) && !(name.startsWith(':') && isHttp2(request))) return closing(400);
    if (!isFieldValue(value)) return closing(400);
    if (!readFrame(frame, name, value) && !isDropped(name, options)) addHeader(came, name, value);
  }
  if (!bySocket) readCountedFrame(frame, request);

  const refused = frameProblem(request, frame, options.protocol);
  if (refused) return refused;
  if (options.methods && !options.methods.includes(method)) {
    return { status: 405, headers: { allow: options.methods.join(', ') } };
  }
  const named = frame.connection === undefined ? [] : connectionOptions(frame.connection);
  const headers = countedHeaders(request, came, named, options);
  if (!bySocket) for (const name of named) delete headers[name];
  if (frame.trailers) headers['te'] = 'trailers';
  return { headers, host: frame.host ?? frame.authority, body: bodyOf(request, frame, bySocket), bySocket };
}

/** Serverless adapters leave it empty, or put numbers into it; all that counts is in `headers` then. */
function isBySocket(raw: readonly unknown[]): boolean {
  return raw.length > 0 && raw.every((text) => typeof text === 'string');
}

/** The frame of a message without a connection: nobody can be led astray by its codings. */
function readCountedFrame(frame: Frame, { headers }: IncomingMessage): void {
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && name !== 'transfer-encoding') readFrame(frame, name.toLowerCase(), String(value));
  }
}

function bodyOf(request: IncomingMessage, frame: Frame, bySocket: boolean): InboundMessage['body'] {
  if (frame.codings > 0 || isOpenStream(request, frame)) return 'chunked';
  if (!bySocket && frame.length === undefined) return 'unknown';
  return Number(frame.length ?? 0) || undefined;
}

/** Adds a value to those that the header has. */
export function addHeader(headers: Record<string, string | string[]>, name: string, value: string): void {
  const before = headers[name];
  headers[name] = before === undefined ? value : [...(typeof before === 'string' ? [before] : before), value];
}

/** HTTP/2 needs no header to say that a body comes (RFC 9113 §8.1). */
function isOpenStream(request: IncomingMessage, { length }: Frame): boolean {
  const { stream } = request as { stream?: { readonly endAfterHeaders: boolean } };
  return length === undefined && stream?.endAfterHeaders === false;
}
