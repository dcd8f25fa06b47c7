/** Where an answer points, as the inbound client has to ask for it. */

import type { Target, TargetRule } from '../../bearer/target.js';

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
