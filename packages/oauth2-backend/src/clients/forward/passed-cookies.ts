/** Cookies that are the backend's own business with the browser: `passCookies` names them (RFC 6265). */

import type { IncomingMessage } from 'node:http';

/** The `Cookie` that goes to the backend: of the request's cookies those of these names, as they came. */
export function passedCookies(request: IncomingMessage, names: readonly string[]): string | undefined {
  const { cookie } = request.headers;
  if (cookie === undefined) return undefined;
  const passed = cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => names.includes(nameOf(pair)));
  return passed.length === 0 ? undefined : passed.join('; ');
}

/** Where the backend's paths are for the client. */
interface CookiePlace {
  /** `''` or `/v1`: where the backend's paths begin. */
  readonly prefix: string;
  /** `''` or `/api/billing`: what stands for it in the client's paths. */
  readonly mount: string;
  /** The mount that the backend was told of, if it was: what is below it the backend has made for its clients. */
  readonly told?: string | undefined;
}

/**
 * The `Set-Cookie` that the client gets: those of these names, for the application's host, and below the mount where the
 * backend means its prefix or what is above it. A cookie for another path of the backend's host would never come back.
 */
export function returnedCookies(values: readonly string[], names: readonly string[], place: CookiePlace): string[] {
  return values.flatMap((value) => {
    if (!names.includes(nameOf(value.split(';', 1)[0] as string))) return [];
    const returned = returnedCookie(value, place);
    return returned === undefined ? [] : [returned];
  });
}

function returnedCookie(value: string, place: CookiePlace): string | undefined {
  const [pair = '', ...attributes] = value.split(';');
  // Browsers take such a cookie with this path only (RFC 6265bis §4.1.3.2).
  const wholeHost = /^__host-/i.test(nameOf(pair));
  const parts = [pair];
  for (const attribute of attributes) {
    const name = nameOf(attribute).toLowerCase();
    const path = attribute.slice(attribute.indexOf('=') + 1).trim();
    if (name === 'domain') continue;
    if (name !== 'path' || wholeHost || !path.startsWith('/')) parts.push(attribute);
    else {
      const mapped = mappedPath(path, place);
      // What is in a mount may come from the client.
      if (mapped === undefined || /[\s;]/.test(mapped)) return undefined;
      parts.push(` Path=${mapped}`);
    }
  }
  return parts.join(';');
}

function mappedPath(path: string, { prefix, mount, told = '' }: CookiePlace): string | undefined {
  // Without a slash at its end the mount's own path has the cookie too.
  const above = path.endsWith('/') ? path : `${path}/`;
  if (`${prefix}/`.startsWith(above)) return mount || '/';
  // Below `path_prefix` it may be the backend's own path.
  const own = prefix !== '' && path.startsWith(`${prefix}/`);
  if (!own && told !== '' && `${path}/`.startsWith(`${told}/`)) return path;
  return path.startsWith(`${prefix}/`) ? mount + path.slice(prefix.length) : undefined;
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0]?.trim() ?? '';
}
