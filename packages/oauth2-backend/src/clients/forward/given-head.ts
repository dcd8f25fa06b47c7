/** The head of a backend's answer as the inbound client gets it. */

import type { Bearer } from '../../bearer/bearer.js';
import type { Target } from '../../bearer/target.js';
import { toldPlace } from './forwarded-headers.js';
import type { ResolvedForwardOptions } from './options.js';
import { returnedCookies } from './passed-cookies.js';
import { type RawHeaders, returnedHeaders, returnedPhrase } from './returned-headers.js';
import { mapLocations } from './returned-locations.js';
import { keepFromSharedCaches } from './shared-caches.js';

type Headers = Record<string, string | string[]>;

/** The request that is answered. */
interface AnsweredRequest {
  readonly bearer: Bearer;
  readonly options: ResolvedForwardOptions;
  readonly method: string;
  readonly target: Target;
  /** `''` or `/api/x`, as the client wrote it. */
  readonly mount: string;
  /** As they were made of the inbound ones, names in lower case. */
  readonly headers: Readonly<Headers>;
}

interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  readonly raw: RawHeaders;
}

/** Status, reason phrase and headers; names in lower case. */
export function givenHead(
  { status, statusText: phrase, raw }: AnswerHead,
  request: AnsweredRequest,
): { readonly status: number; readonly statusText: string; readonly headers: Headers } {
  const { bearer, options, method, target, mount } = request;
  const headers = returnedHeaders(raw, options);
  const told = toldPlace(request.headers, options);
  mapLocations(headers, { target, rule: bearer.target, mount, told });
  if (bearer.hasToken && status >= 200) keepFromSharedCaches(headers, { method, userToken: bearer.ofUser });
  if (options.passCookies) mapCookies(headers, options.passCookies, request, told?.mount);
  // A 304 says how long the body would be; the others have none (RFC 9110 §8.6, §15.3.6).
  if (status === 204) delete headers['content-length'];
  else if (status === 205) headers['content-length'] = '0';
  // The backend takes the application for a proxy. Its client must not.
  const given = status === 407 ? 502 : status;
  return { status: given, statusText: returnedPhrase(given, status === 407 ? undefined : phrase), headers };
}

function mapCookies(
  headers: Headers,
  names: readonly string[],
  { bearer, mount }: AnsweredRequest,
  told: string | undefined,
): void {
  if (headers['set-cookie'] === undefined) return;
  const prefix = new URL(bearer.target.resolve('').href).pathname.replace(/\/$/, '');
  const cookies = returnedCookies([headers['set-cookie']].flat(), names, { prefix, mount, told });
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  else delete headers['set-cookie'];
}
