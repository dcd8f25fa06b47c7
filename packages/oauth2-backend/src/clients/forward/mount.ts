/** Which part of an inbound request's path is the backend's, and which is where it was mounted. */

import type { IncomingMessage } from 'node:http';
import type { Target, TargetRule } from '../../bearer/target.js';
import { memberOf } from '../../definitions/own-members.js';
import { ConfigurationError, OriginError } from '../../errors.js';

/** Where a request was sent. */
interface InboundPlace {
  /** Path and query below the mount: begins with `/` or is `''` or a query alone. `undefined` when it is not below `mount`. */
  readonly path: string | undefined;
  /** `''` or `/api/x`, as the client wrote it. */
  readonly mount: string;
  /** The host of a whole URL, which takes the place of `Host` (RFC 9112 §3.2.2). */
  readonly host: string | undefined;
}

/** What Express's request and Koa's context know of where the request came from. */
interface Framework {
  readonly originalUrl?: unknown;
  readonly baseUrl?: unknown;
  readonly params?: unknown;
  readonly app?: unknown;
}

/**
 * Reads what the framework has routed: below `mount` when it is given, else below what a framework's mount has cut off.
 *
 * @param inbound the framework's own object, if there is one
 * @returns `undefined` when the request has no path, or one that others could read otherwise
 * @throws ConfigurationError below a mount with a wildcard, which leaves no path, unless `mount` is given
 */
export function inboundPlace(
  request: IncomingMessage,
  inbound: object | undefined,
  mount: string | undefined,
): InboundPlace | undefined {
  const framework: Framework = inbound ?? request;
  const { url = '' } = request;
  const { originalUrl = url }: Pick<Framework, 'originalUrl'> = { originalUrl: memberOf(framework, 'originalUrl') };
  const given = readUrl(url);
  const original = originalUrl === url ? given : readUrl(String(originalUrl));
  if (!given || !original) return undefined;

  const { host } = original;
  // A client that sends a whole URL means its root by `http://host` (RFC 9112 §3.2.1).
  const whole = original.path.startsWith('/') ? original.path : `/${original.path}`;
  const routed = below(framework, given === original ? whole : given.path, whole);
  if (mount === undefined) {
    if (memberOf(framework, 'baseUrl')) assertNoWildcard(framework, given.path);
    return { path: routed.path, mount: routed.mount, host };
  }
  const full = routed.mount + routed.path;
  const path = full.slice(mount.length);
  return { path: full.startsWith(mount) && BEGINS_PATH.test(path) ? path : undefined, mount, host };
}

const BEGINS_PATH = /^(?:[/?]|$)/;

interface ReadUrl {
  readonly path: string;
  readonly host: string | undefined;
}

/** `OPTIONS *` has no path. */
function readUrl(url: string): ReadUrl | undefined {
  if (url.startsWith('/')) return { path: url, host: undefined };
  const [, host, path] = WHOLE_URL.exec(url) ?? [];
  return host === undefined || path === undefined ? undefined : { path, host };
}

/**
 * A whole URL that every parser cuts at the same place: Node's `url.parse`, which the frameworks use, takes what is no
 * host name for a path, and writes some characters of a path anew.
 */
const WHOLE_URL = /^https?:\/\/((?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?)((?:\/[^\s"'<>\\^`{|}?]*)?(?:\?.*)?)$/i;

/** Express says what it has cut off; koa-mount and others only shorten `url`. All leave a slash where nothing is left. */
function below(framework: Framework, url: string, original: string): { path: string; mount: string } {
  const baseUrl = memberOf(framework, 'baseUrl');
  const app = memberOf(framework, 'app');
  if (typeof baseUrl === 'string') {
    const rest = original.startsWith(baseUrl) ? original.slice(baseUrl.length) : '/';
    if (rest === url) return { path: url, mount: baseUrl };
    const slashAdded = !rest.startsWith('/') && url === `/${rest}`;
    // It adds none to a whole URL.
    const slashCut = rest === `/${url}` && (!url.startsWith('/') || (baseUrl !== '' && cutsSlash(app)));
    return { path: slashAdded || slashCut ? rest : url, mount: baseUrl };
  }
  for (const text of url === original ? [] : [original, escaped(original)]) {
    for (const rest of [url, url.slice(1)]) {
      const mount = text.slice(0, Math.max(0, text.length - rest.length));
      if (text === mount + rest && !mount.includes('?')) return { path: original.slice(mount.length), mount };
    }
  }
  return { path: url, mount: '' };
}

/** As `url.parse` spells the query of a whole URL, which koa-mount then leaves in place of the client's own. */
function escaped(text: string): string {
  return text.replace(/["'<>\\^`{|}]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Express 4 takes one of two slashes behind a mount for the mount's. */
function cutsSlash(app: unknown): boolean {
  return typeof (app as { lazyrouter?: unknown } | undefined)?.lazyrouter === 'function';
}

/** A wildcard's parameter is a list in Express 5 and has a number in Express 4; of a mount it is the end of what was cut off. */
function assertNoWildcard(framework: Framework, url: string): void {
  const { baseUrl } = framework;
  const params = memberOf(framework, 'params');
  const end = url.startsWith('/') ? 1 : 0;
  if (url.length > end && url.charAt(end) !== '?') return;
  const mounted = decoded(baseUrl as string);
  for (const [name, value] of Object.entries(params ?? {})) {
    if (!Array.isArray(value) && !/^\d+$/.test(name)) continue;
    const matched = withoutSlashes(Array.isArray(value) ? value.join('/') : String(value ?? ''));
    if (matched === '' || !mounted.endsWith(matched)) continue;
    const message =
      'forward is mounted at a path with a wildcard, which leaves nothing to send on: ' +
      "mount it at the path before the wildcard, or name that path, as in { mount: '/api/billing' }";
    throw new ConfigurationError([{ path: 'mount', message }]);
  }
}

/** By hand: a pattern would look for the end from each slash of a run. */
function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The backend's target for a path; `undefined` for one that would leave the backend, or that two readers could read differently. */
export function forwardTarget(rule: TargetRule, path: string): Target | undefined {
  // The rest would be read anew as text, but it is bytes; a fragment is never sent.
  if (/[^\x21\x22\x24-\x7e]/.test(path) || (path.includes('%') && ENCODED_ALPHANUMERIC.test(path))) return undefined;
  try {
    return rule.verbatim(path);
  } catch (error) {
    if (error instanceof OriginError) return undefined;
    throw error;
  }
}

/** Nobody needs to encode these, but `/%61dmin` passes a guard of `/admin` (RFC 3986 §2.3). Before the query. */
const ENCODED_ALPHANUMERIC = /^[^?]*%(?:3\d|[46][1-9a-f]|[57][\da])/i;
