/** What says where an inbound message ends, whose it is, and what its connection is to do. */

import type { IncomingMessage } from 'node:http';
import type { Declined } from './forward-answer.js';
import { connectionOptions } from './hop-by-hop.js';

/** What the headers have said so far. */
export interface Frame {
  hosts: number;
  host?: string;
  /** HTTP/2's host. */
  authority?: string;
  lengths: number;
  length?: string;
  codings: number;
  coding?: string;
  connection?: string;
  upgrade?: string;
  trailers?: boolean;
}

/** Takes in a header if it is one of the frame's. @param name in lower case */
export function readFrame(frame: Frame, name: string, value: string): boolean {
  const read = READERS[name];
  read?.(frame, value);
  return read !== undefined;
}

/** Whether it is one of the frame's. @param name in lower case */
export function isFrameHeader(name: string): boolean {
  return READERS[name] !== undefined;
}

/** Messages that two readers could read differently (RFC 9112 §6), and those that ask for another protocol than this one. */
export function frameProblem(
  request: IncomingMessage,
  frame: Frame,
  protocol: string | undefined,
): Declined | undefined {
  const { length, coding } = frame;
  const version = request.httpVersion;
  const http2 = isHttp2(request);
  // In plain text Node takes any version, and reads it by rules of its own.
  if (!http2 && typeof version === 'string' && version !== '1.0' && version !== '1.1') return closing(505);
  if (!http2 && request.rawHeaders.length >= headerLimit(request)) return closing(431);
  const odd =
    frame.hosts > 1 ||
    frame.lengths > 1 ||
    frame.codings > 1 ||
    (length !== undefined && coding !== undefined) ||
    (length !== undefined && !/^\d{1,15}$/.test(length)) ||
    (coding !== undefined && (coding !== 'chunked' || version !== '1.1'));
  if (odd) return http2 ? { status: 400 } : closing(400);
  return upgradeProblem(frame, protocol);
}

function upgradeProblem({ upgrade, connection = '' }: Frame, protocol: string | undefined): Declined | undefined {
  const asked = upgrade !== undefined && connectionOptions(connection).includes('upgrade');
  const offered = upgrade === undefined ? '' : trimmed(upgrade).toLowerCase();
  if (protocol !== undefined) {
    if (asked && offered === protocol) return undefined;
    return { status: 426, headers: { upgrade: protocol, connection: 'Upgrade, close' } };
  }
  // h2c is an offer that may be left alone: some clients make it each time.
  return asked && offered !== 'h2c' ? { status: 501 } : undefined;
}

const READERS: Readonly<Record<string, (frame: Frame, value: string) => void>> = Object.assign(Object.create(null), {
  host(frame: Frame, value: string) {
    frame.hosts += 1;
    frame.host = value;
  },
  ':authority'(frame: Frame, value: string) {
    frame.authority = value;
  },
  'content-length'(frame: Frame, value: string) {
    frame.lengths += 1;
    frame.length = trimmed(value);
  },
  'transfer-encoding'(frame: Frame, value: string) {
    frame.codings += 1;
    frame.coding = trimmed(value).toLowerCase();
  },
  connection(frame: Frame, value: string) {
    frame.connection = frame.connection === undefined ? value : `${frame.connection},${value}`;
  },
  upgrade(frame: Frame, value: string) {
    frame.upgrade = frame.upgrade === undefined ? value : `${frame.upgrade},${value}`;
  },
  te(frame: Frame, value: string) {
    if (/(?:^|,)\s*trailers\s*(?:$|[,;])/i.test(value)) frame.trailers = true;
  },
});

/** Without space and tab, which alone are white space here (RFC 9110 §5.6.3): `\vchunked` is another coding. By hand: a pattern takes 2 s for 60 KiB. */
function trimmed(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isSpace(value, start)) start += 1;
  while (end > start && isSpace(value, end - 1)) end -= 1;
  return value.slice(start, end);
}

function isSpace(value: string, at: number): boolean {
  return value[at] === ' ' || value[at] === '\t';
}

/** Plain text may say 2.0 too. */
export function isHttp2(request: IncomingMessage): boolean {
  return request.httpVersionMajor === 2 && 'stream' in request;
}

/** The rest of the connection cannot be trusted to begin where it seems to. */
export function closing(status: 400 | 431 | 505): Declined {
  return { status, headers: { connection: 'close' } };
}

/** Entries of `rawHeaders` from which on Node drops headers without a word, those of the frame too. */
function headerLimit(request: IncomingMessage): number {
  // Who makes requests without a socket may leave it out.
  const { server } = (request.socket ?? {}) as { server?: { readonly maxHeadersCount?: number | null } };
  const most = server?.maxHeadersCount;
  if (typeof most !== 'number') return NODES_LIMIT;
  return most > 0 ? most * 2 : Number.POSITIVE_INFINITY;
}

/** Where the server sets none; names and values. */
const NODES_LIMIT = 2_000;
