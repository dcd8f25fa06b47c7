/** What a dispatcher is given for one request. */

import type { Dispatcher } from 'undici';

/** A request as a dispatcher takes it. */
export type Sent = Dispatcher.DispatchOptions & Record<string, unknown>;

/** Where a request goes, and how; all else is still to come. */
export function dispatchOptions(origin: string, path: string, method: string): Sent {
  // All that undici reads: a member that is not there could be somebody's on `Object.prototype`.
  const sent: Record<keyof Sent, unknown> = {
    origin,
    path,
    method,
    headers: null,
    body: null,
    query: undefined,
    idempotent: undefined,
    blocking: undefined,
    upgrade: undefined,
    reset: undefined,
    expectContinue: undefined,
    headersTimeout: undefined,
    bodyTimeout: undefined,
    servername: undefined,
    throwOnError: undefined,
    maxRedirections: undefined,
    typeOfService: undefined,
  };
  return sent as Sent;
}

/** What undici makes an answer by, and is read in the same way. */
export const ANSWER_OPTIONS: Readonly<Record<string, undefined>> = Object.freeze({
  signal: undefined,
  opaque: undefined,
  onInfo: undefined,
  responseHeaders: undefined,
  highWaterMark: undefined,
});
