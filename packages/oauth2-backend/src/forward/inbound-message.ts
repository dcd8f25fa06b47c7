/** An inbound request's head: its headers as they may travel on, the frame of its body, and whether it is one to forward. */

import type { IncomingMessage } from 'node:http';
import type { ResolvedForwardOptions } from './forward-options.js';
import { connectionOptions, dropNamed, HOP_BY_HOP } from './hop-by-hop.js';

/** What an inbound request says of itself. */
export interface InboundMessage {
  /** End to end only, without what belongs to the client; names in lower case, values in their order. */
  readonly headers: Record<string, string | string[]>;
  /** Bytes of the body, or that it is chunked; `undefined` when there is none. */
  readonly body: number | 'chunked' | undefined;
  readonly host: string | undefined;
}

/** What a request that is not forwarded is answered with. */
export interface Refused {
  readonly status: 400 | 405 | 501;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Reads a request's head; tells when it must not be forwarded. It trusts no parser: Node's own can be made lenient. */
export function readInbound(request: IncomingMessage, options: ResolvedForwardOptions): InboundMessage | Refused {
  const method = request.method ?? '';
  // An upstream would send the token back in its answer to TRACE (RFC 9110 §9.3.8).
  if (method === 'CONNECT' || method === 'TRACE') return { status: 501 };

  const headers: Record<string, string | string[]> = Object.create(null);
  const frame: Frame = { hosts: 0, lengths: 0, codings: 0 };
  const raw = request.rawHeaders;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    const value = raw[index + 1] as string;
    const read = FRAME[name];
    if (read) read(frame, value);
    else if (!isDropped(name, options)) addHeader(headers, name, value);
  }
  dropNamed(headers, frame.connection);
  if (frame.trailers) headers['te'] = 'trailers';

  const refused = refusal(request, frame);
  if (refused) return refused;
  if (options.methods && !options.methods.includes(method)) {
    return { status: 405, headers: { allow: options.methods.join(', ') } };
  }
  const body = frame.codings > 0 ? 'chunked' : Number(frame.length ?? 0);
  return { headers, host: frame.host, body: body === 0 ? undefined : body };
}

/** Adds a value to those that the header has. */
export function addHeader(headers: Record<string, string | string[]>, name: string, value: string): void {
  const before = headers[name];
  headers[name] = before === undefined ? value : [...(typeof before === 'string' ? [before] : before), value];
}

/** What says where the message ends, whose it is, and what its connection is to do. */
interface Frame {
  hosts: number;
  host?: string;
  lengths: number;
  length?: string;
  codings: number;
  coding?: string;
  connection?: string;
  upgrade?: string;
  trailers?: boolean;
}

const FRAME: Readonly<Record<string, (frame: Frame, value: string) => void>> = Object.assign(Object.create(null), {
  host(frame: Frame, value: string) {
    frame.hosts += 1;
    frame.host = value;
  },
  'content-length'(frame: Frame, value: string) {
    frame.lengths += 1;
    frame.length = value.trim();
  },
  'transfer-encoding'(frame: Frame, value: string) {
    frame.codings += 1;
    frame.coding = value.trim().toLowerCase();
  },
  connection(frame: Frame, value: string) {
    frame.connection = frame.connection === undefined ? value : `${frame.connection},${value}`;
  },
  upgrade(frame: Frame, value: string) {
    frame.upgrade = value;
  },
  te(frame: Frame, value: string) {
    if (/(?:^|,)\s*trailers\s*(?:$|[,;])/i.test(value)) frame.trailers = true;
  },
});

const CLIENTS_OWN: ReadonlySet<string> = new Set(['authorization', 'cookie', 'cookie2', 'expect', 'trailer']);

function isDropped(name: string, { trustForwarded }: ResolvedForwardOptions): boolean {
  if (HOP_BY_HOP.has(name) || CLIENTS_OWN.has(name)) return true;
  // HTTP/2 has what the request line says in names that begin with a colon.
  if (name.startsWith('proxy-') || name.startsWith(':')) return true;
  return !trustForwarded && (name.startsWith('x-forwarded-') || name === 'forwarded' || name === 'x-real-ip');
}

/** Messages that two readers could read differently (RFC 9112 §6), and those that ask for another protocol. */
function refusal(request: IncomingMessage, frame: Frame): Refused | undefined {
  const { length, coding } = frame;
  const odd =
    frame.hosts > 1 ||
    frame.lengths > 1 ||
    frame.codings > 1 ||
    (length !== undefined && coding !== undefined) ||
    (length !== undefined && !/^\d{1,15}$/.test(length)) ||
    (coding !== undefined && (coding !== 'chunked' || request.httpVersion === '1.0'));
  // The rest of the connection cannot be trusted to begin where it seems to.
  if (odd) return { status: 400, headers: { connection: 'close' } };
  // h2c is an offer that may be left alone: some clients make it each time.
  const upgrade = frame.upgrade !== undefined && !/^\s*h2c\s*$/i.test(frame.upgrade);
  return upgrade && connectionOptions(frame.connection ?? '').includes('upgrade') ? { status: 501 } : undefined;
}
