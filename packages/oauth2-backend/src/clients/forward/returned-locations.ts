/** Where an answer points: mapped from the backend's place to where the client sees it. */

import type { Target, TargetRule } from '../../bearer/target.js';

interface Mapping {
  readonly target: Target;
  readonly rule: TargetRule;
  readonly mount: string;
  /** Where the backend was told that its clients see it. */
  readonly told: { readonly host: string | undefined; readonly mount: string } | undefined;
}

/**
 * Maps `Location` and `Content-Location` of an answer to below the mount. What the backend has made for its clients, since it
 * was told where they see it, is left alone; what points elsewhere stays, made absolute.
 */
export function mapLocations(headers: Record<string, string | string[]>, mapping: Mapping): void {
  for (const name of ['location', 'content-location']) {
    const value = headers[name];
    if (value === undefined) continue;
    const map = (location: string) => mapped(location, mapping);
    headers[name] = typeof value === 'string' ? map(value) : value.map(map);
  }
}

function mapped(value: string, mapping: Mapping): string {
  const { target, rule, mount } = mapping;
  // The bytes of the field are UTF-8; headers give them as Latin-1.
  const location = Buffer.from(value, 'latin1').toString();
  if (!URL.canParse(location, target.href)) return value;
  const url = new URL(location, target.href);
  if (isForClients(url, location, mapping)) return value;
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

function isForClients(url: URL, location: string, { target, rule, told }: Mapping): boolean {
  if (!told || told.mount === '' || url.username !== '' || url.password !== '') return false;
  if (!url.pathname.startsWith(told.mount) || !/^(?:\/|$)/.test(url.pathname.slice(told.mount.length))) return false;
  if (/^\/(?![/\\])/.test(location)) {
    // Below `path_prefix` it may be the backend's own path.
    return !rule.allows(url) || rule.resolve('').href === `${target.origin}/`;
  }
  const seen = `${url.protocol}//${told.host}`;
  return /^https?:/i.test(location) && URL.canParse(seen) && new URL(seen).host === url.host;
}
