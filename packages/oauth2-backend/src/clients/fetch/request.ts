/** fetch's arguments, read once: Node's own `Request`, `Headers` and `FormData` as well as undici's. */

import type { Bearer } from '../../bearer/bearer.js';
import { memberOf } from '../../definitions/own-members.js';
import { OriginError } from '../../errors.js';
import type { EncodedBody } from '../../outbound/replayable-body.js';
import { assertOwnHeaders, headerPairs } from '../../outbound/request-headers.js';

/** One request as fetch is to send it. */
export interface FetchRequest {
  readonly url: string | URL;
  readonly method: string;
  readonly headers: unknown;
  readonly body: unknown;
  readonly signal: AbortSignal | null | undefined;
  /** Whether the body can be sent again byte for byte. */
  readonly replayable: boolean;
  readonly redirect: NonNullable<RequestInit['redirect']>;
  /** What was given in `init`, its own members. */
  readonly rest: Readonly<Record<string, unknown>>;
}

const REDIRECTS: readonly unknown[] = ['follow', 'manual', 'error'];

/**
 * Reads what fetch was called with. `init` goes before a `Request`'s own members, as in fetch.
 *
 * @throws AuthorizationHeaderError, OriginError for what belongs to the backend
 */
export function readFetchRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
  bearer: Bearer,
): FetchRequest {
  const request = isRequest(input) ? input : undefined;
  // Each own member is read once; those of a class come after.
  const rest: Record<string, unknown> = { ...init };
  const {
    method = request?.method ?? 'GET',
    headers = request?.headers,
    body,
    signal,
    redirect,
  } = readInit(rest, init);
  if (Object.hasOwn(rest, 'dispatcher') && rest['dispatcher'] !== undefined) {
    throw new OriginError(`"dispatcher" is refused per call: the connections of "${bearer.name}" are its own`, {
      backend: bearer.name,
    });
  }
  if (redirect !== undefined && !REDIRECTS.includes(redirect)) {
    throw new TypeError(`redirect must be one of ${REDIRECTS.join(', ')}`);
  }
  const pairs = headers === undefined ? undefined : headerPairs(headers);
  assertOwnHeaders(pairs, bearer);
  return {
    url: request ? request.url : (input as string | URL),
    method,
    headers: pairs,
    body: body === undefined ? request?.body : body,
    signal: signal === undefined ? request?.signal : signal,
    replayable: true,
    redirect: redirect ?? request?.redirect ?? 'follow',
    rest,
  };
}

type Init = Pick<RequestInit, 'method' | 'headers' | 'body' | 'signal' | 'redirect'>;

function readInit(
  own: Init,
  init: RequestInit | undefined,
): { readonly [N in keyof Required<Init>]: Init[N] | undefined } {
  const read = <N extends keyof Init>(name: N): Init[N] | undefined =>
    Object.hasOwn(own, name) ? own[name] : init && memberOf(init, name);
  return {
    method: read('method'),
    headers: read('headers'),
    body: read('body'),
    signal: read('signal'),
    redirect: read('redirect'),
  };
}

/** The request with its body encoded and, unless it names one itself, the body's content type. */
export function withBody(request: FetchRequest, { bytes, stream, contentType }: EncodedBody): FetchRequest {
  const body = bytes ?? stream;
  if (body === undefined) return request;
  return { ...request, body, replayable: stream === undefined, headers: withContentType(request.headers, contentType) };
}

function withContentType(headers: unknown, contentType: string | undefined): [string, string][] {
  const pairs = headerPairs(headers);
  if (contentType === undefined || pairs.some(([name]) => name.toLowerCase() === 'content-type')) return pairs;
  return [...pairs, ['content-type', contentType]];
}

function isRequest(input: unknown): input is Request {
  if (typeof input !== 'object' || input === null || input instanceof URL) return false;
  return memberOf(input as Request, 'headers') !== undefined && memberOf(input as Request, 'url') !== undefined;
}
