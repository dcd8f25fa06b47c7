/** Which part of an inbound request's path is the backend's, and which is where it was mounted. */

import type { IncomingMessage } from 'node:http';
import type { Target, TargetRule } from '../../bearer/target.js';
import { OriginError } from '../../errors.js';

/** A path in two parts. */
interface InboundPlace {
  /** Path and query below the mount; begins with `/` or is `''` or a query alone. `undefined` when the request has none. */
  readonly path: string | undefined;
  /** `''` or `/api/x`, as the client wrote it. */
  readonly mount: string;
}

/** What Express's request and Koa's context know of where the request came from. */
interface Framework {
  readonly originalUrl?: unknown;
  readonly baseUrl?: unknown;
}

/**
 * Reads the request's path: below `mount` when it is given, else below what a framework's mount has cut off.
 *
 * @param inbound the framework's own object, if there is one
 * @returns `undefined` when the request is not below `mount`
 */
export function inboundPlace(
  request: IncomingMessage,
  inbound: object | undefined,
  mount: string | undefined,
): InboundPlace | undefined {
  const framework: Framework = inbound ?? request;
  const url = pathOf(request.url ?? '');
  const original = typeof framework.originalUrl === 'string' ? pathOf(framework.originalUrl) : url;
  if (mount === undefined) return { path: url, mount: mountOf(framework, url, original) };
  if (original === undefined) return { path: undefined, mount };
  const path = original.slice(mount.length);
  return original.startsWith(mount) && /^(?:[/?]|$)/.test(path) ? { path, mount } : undefined;
}

/** Some clients send a whole URL (RFC 9112 §3.2.2): where it says it goes does not count. `OPTIONS *` has no path. */
function pathOf(url: string): string | undefined {
  if (url.startsWith('/')) return url;
  const path = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1];
  return path === undefined || path.startsWith('/') ? path : `/${path}`;
}

/** Express says it; koa-mount and others only shorten `url`, and leave a slash where nothing is left. */
function mountOf(framework: Framework, url: string | undefined, original: string | undefined): string {
  if (typeof framework.baseUrl === 'string') return framework.baseUrl;
  if (url === undefined || original === undefined || url === original) return '';
  for (const rest of [url, url.slice(1)]) {
    if (original.endsWith(rest)) return original.slice(0, original.length - rest.length);
  }
  return '';
}

/** The backend's target for a path; `undefined` for one that would leave the backend: that is the client's doing. */
export function forwardTarget(rule: TargetRule, path: string | undefined): Target | undefined {
  // Anything else would be read anew as text, but it is bytes.
  if (path === undefined || /[^\x21-\x7e]/.test(path)) return undefined;
  try {
    return rule.resolve(path);
  } catch (error) {
    if (error instanceof OriginError) return undefined;
    throw error;
  }
}

/** Maps `Location` and `Content-Location` of an answer to below the mount; what points elsewhere stays, made absolute. */
export function mapLocations(
  headers: Record<string, string | string[]>,
  target: Target,
  rule: TargetRule,
  mount: string,
): void {
  for (const name of ['location', 'content-location']) {
    const value = headers[name];
    if (value === undefined) continue;
    const map = (location: string) => mapped(location, target, rule, mount);
    headers[name] = typeof value === 'string' ? map(value) : value.map(map);
  }
}

function mapped(value: string, target: Target, rule: TargetRule, mount: string): string {
  // The bytes of the field are UTF-8; headers give them as Latin-1.
  const location = Buffer.from(value, 'latin1').toString();
  if (!URL.canParse(location, target.href)) return value;
  const url = new URL(location, target.href);
  // Whoever they belong to, they are not for the client.
  url.username = '';
  url.password = '';
  if (!rule.allows(url)) return url.href;
  const base = rule.resolve('').href.replace(/\/$/, '');
  const path = mount + url.href.slice(base.length);
  // The client would take these for another host.
  if (/^\/[/\\]/.test(path)) return url.href;
  return path.startsWith('/') ? path : `/${path}`;
}
