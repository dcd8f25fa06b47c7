/** Redirects by hand, by Fetch's own rules (Fetch §4.4), and only below the backend's origin and prefix. */

import type { Target, TargetRule } from '../../bearer/target.js';
import { headerPairs } from '../../outbound/request-headers.js';
import type { FetchRequest } from './request.js';

/** What is sent at one hop. */
export interface Hop {
  readonly target: Target;
  readonly request: FetchRequest;
}

const MAX_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const BODY_HEADERS = new Set([
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
  'content-length',
]);

/**
 * The next hop, or `undefined` when the answer is the caller's: no redirect, not to be followed, or to somewhere else.
 *
 * @throws TypeError as fetch does, for `redirect: 'error'`, too many hops, and a stream that cannot be sent again
 */
export function nextHop(response: Response, hop: Hop, rule: TargetRule, redirects: number): Hop | undefined {
  const { request } = hop;
  const field = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
  if (field === null || request.redirect === 'manual') return undefined;
  // The bytes of the field are UTF-8; headers give them as Latin-1.
  const location = Buffer.from(field, 'latin1').toString();
  if (request.redirect === 'error') throw failed('unexpected redirect');
  if (!URL.canParse(location, hop.target.href)) throw failed('the redirect leads to no URL');

  const url = new URL(location, hop.target.href);
  if (!rule.allows(url)) return undefined;
  if (redirects >= MAX_REDIRECTS) throw failed('redirect count exceeded');
  if (response.status !== 303 && !request.replayable) throw failed('a streamed body cannot follow a redirect');
  return { target: rule.resolve(url), request: becomesGet(response.status, request.method) ? asGet(request) : request };
}

function becomesGet(status: number, method: string): boolean {
  const name = method.toUpperCase();
  if (status === 303) return name !== 'GET' && name !== 'HEAD';
  return (status === 301 || status === 302) && name === 'POST';
}

function asGet(request: FetchRequest): FetchRequest {
  const headers = headerPairs(request.headers).filter(([name]) => !BODY_HEADERS.has(name.toLowerCase()));
  return { ...request, method: 'GET', headers, body: undefined, replayable: true };
}

function failed(reason: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(reason) });
}
