/** The options of a request through undici, checked and completed once. */

import { stringify } from 'node:querystring';
import type { Dispatcher } from 'undici';
import type { Bearer } from '../../bearer/bearer.js';
import { memberOf } from '../../definitions/own-members.js';
import { OriginError } from '../../errors.js';
import type { AbortSource } from '../../outbound/call.js';
import { completePath } from '../../outbound/complete-request.js';
import { ANSWER_OPTIONS, dispatchOptions, type Sent } from '../../outbound/dispatch-options.js';
import { headerRecord } from '../../outbound/request-headers.js';
import type { ClientSettings } from '../../outbound/settings.js';

/** undici's options of a request; where it goes to is said by the input alone. `method` is GET unless given. */
export type RequestOptions = Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'method'> &
  Partial<Pick<Dispatcher.RequestOptions, 'method'>>;

/** What a request was called with, sorted by who needs it. */
export interface OwnRequest {
  readonly signal: AbortSource | null | undefined;
  readonly body: unknown;
  readonly method: string;
  /** With the query as the caller wants it. */
  readonly path: string;
  /** What the dispatcher is given; headers and body are still to come. */
  readonly sent: Sent;
  /** The caller's, by lower-case names; `undefined` for none. */
  readonly headers: Record<string, string | string[]> | undefined;
  /** What undici makes the answer by. */
  readonly answer: Record<string, unknown>;
}

const NONE = {};

/** They would take the token or the connection elsewhere. */
const ELSEWHERE = new Set(['origin', 'path', 'dispatcher', 'servername', 'upgrade']);
const SENT = new Set([
  'idempotent',
  'blocking',
  'reset',
  'expectContinue',
  'headersTimeout',
  'bodyTimeout',
  'typeOfService',
]);
const ANSWER = new Set(['opaque', 'onInfo', 'responseHeaders', 'highWaterMark']);
const READ = new Set(['method', 'headers', 'body', 'query', 'signal']);

/**
 * Reads what a request was called with.
 *
 * @throws OriginError, AuthorizationHeaderError for what belongs to the backend; TypeError for what is no option
 */
export function readRequest(
  input: string | URL,
  options: RequestOptions | undefined,
  bearer: Bearer,
  settings: ClientSettings,
): OwnRequest {
  const target = bearer.target.resolve(input);
  // undici's option type has no index signature.
  const given = (options ?? NONE) as Record<string, unknown>;
  const { method = 'GET' } = { method: memberOf(given, 'method') };
  const query = memberOf(given, 'query');
  if (typeof method !== 'string') throw new TypeError('method must be a string');
  const path = query ? withQuery(target.path, query) : target.path;
  const sent = dispatchOptions(target.origin, completePath(path, settings.query), method);
  const answer: Record<string, unknown> = { ...ANSWER_OPTIONS, method, body: undefined };
  if (given !== NONE) {
    for (const name in given) {
      if (READ.has(name)) continue;
      const value = memberOf(given, name);
      if (value === undefined || value === null) continue;
      if (SENT.has(name)) sent[name] = value;
      else if (ANSWER.has(name)) answer[name] = value;
      else throw noOption(name, bearer);
    }
  }
  return {
    signal: memberOf(given, 'signal') as AbortSource | null | undefined,
    body: memberOf(given, 'body'),
    path,
    method,
    sent,
    headers: headerRecord(memberOf(given, 'headers'), bearer),
    answer,
  };
}

/** Adds the query as undici's `request` does. */
function withQuery(path: string, query: unknown): string {
  if (path.includes('?')) throw new TypeError('a query in the path and one beside it are one too many');
  const text = stringify(query as Parameters<typeof stringify>[0]);
  return text === '' ? path : `${path}?${text}`;
}

function noOption(name: string, bearer: Bearer): Error {
  return ELSEWHERE.has(name)
    ? new OriginError(`"${name}" is refused per call: the connections of "${bearer.name}" are its own`, {
        backend: bearer.name,
      })
    : new TypeError(`"${name}" is no option of a request through "${bearer.name}"`);
}

/** The challenges of a 401, as the options have made the answer: several fields give a list; with `responseHeaders: 'raw'` all fields are one flat list. */
export function challengesOf({ headers }: Dispatcher.ResponseData): string | string[] | undefined {
  if (!Array.isArray(headers)) return memberOf(headers, 'www-authenticate');
  const list = headers.map(String);
  return list.filter((_, index) => index % 2 === 1 && list[index - 1]?.toLowerCase() === 'www-authenticate');
}
