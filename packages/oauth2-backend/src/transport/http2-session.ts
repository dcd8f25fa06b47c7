/** A connection of HTTP/2. */

import http2, { type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { errors } from 'undici';
import { UNSET_SESSION, UNSET_SETTINGS } from './unset-options.js';

interface SessionOptions {
  /** How many of this dispatcher's were begun before. */
  readonly number: number;
  readonly origin: string;
  /** Bytes of an answer's headers. */
  readonly maxHeaderSize: number;
}

/** A session, and what has come of it. */
export interface Session {
  readonly http2: ClientHttp2Session;
  readonly number: number;
  /** How many it has now. */
  streams: number;
  /** Whether it has had one. */
  used: boolean;
  /** Whether there was an answer on it. */
  answered: boolean;
  /** Whether it takes no more streams. */
  over: boolean;
  /** Whether what it had has ended with it. */
  dead: boolean;
}

/** An idle session is closed after this many milliseconds. */
const IDLE = 60_000;
const WINDOW = 512 * 1024;
/** As many as Node takes over HTTP/1.1. */
const MAX_HEADERS = 2000;
/**
 * Megabytes. With its 10, Node refuses every answer while more than that is on its way to the server; it counts what uploads
 * that were given up had left for as long as the connection lives (checked with 20.20).
 */
const MAX_MEMORY = 1_000_000;

/** Speaks HTTP/2 on a socket for which the server has chosen it. It does not keep the process alive before it has streams. */
export function openSession(socket: Socket, { number, origin, maxHeaderSize }: SessionOptions): Session {
  const session: Session = {
    http2: http2.connect(origin, {
      ...(UNSET_SESSION as object),
      createConnection: () => socket,
      settings: {
        ...(UNSET_SETTINGS as object),
        enablePush: false,
        initialWindowSize: WINDOW,
        maxHeaderListSize: 2 * maxHeaderSize,
      },
      maxHeaderListPairs: MAX_HEADERS,
      maxSessionMemory: MAX_MEMORY,
    }),
    number,
    streams: 0,
    used: false,
    answered: false,
    over: false,
    dead: false,
  };
  session.http2.setTimeout(IDLE, () => {
    if (session.streams === 0) session.http2.close();
  });
  session.http2.unref();
  return session;
}

/** What a request fails with whose stream has ended without an answer, or within one. @param cause of the stream, if any */
export function closedStream({ rstCode }: ClientHttp2Stream, cause: Error | undefined): Error {
  const message = `HTTP/2: the server closed the stream or the connection (code ${rstCode})`;
  return Object.assign(new errors.SocketError(message), cause && { cause });
}
