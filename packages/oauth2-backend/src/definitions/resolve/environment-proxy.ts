/** The proxy that the environment names: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, each also in lower case, which goes first. */

import { PROXY_EXPECTED, readProxy } from '../attributes/proxy.js';
import type { ResolvedProxy } from '../resolved.js';
import type { Place } from '../schema/place.js';
import { type NoProxy, readNoProxy } from './no-proxy.js';

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Makes the function that gives the proxy for an origin; a variable that is needed and names none is reported once, by
 * its name below `place`. What cannot be read of a list of exemptions that is needed is one warning.
 */
export function environmentProxies(
  environment: Environment,
  place: Place,
  warnings: string[],
): (origin: string) => ResolvedProxy | undefined {
  const read = new Map<string, ResolvedProxy | undefined>();
  const variable = (name: string) => (Object.hasOwn(environment, name) ? environment[name] : undefined);
  let noProxy: NoProxy | undefined;
  return (origin) => {
    const { protocol } = new URL(origin);
    const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
    const name = names.find((each) => variable(each)?.trim());
    if (name === undefined) return undefined;
    noProxy ??= exemptions();
    if (noProxy.exempts(origin)) return undefined;
    if (!read.has(name)) read.set(name, readVariable(variable(name) ?? '', place.at(name)));
    return read.get(name);
  };

  function exemptions(): NoProxy {
    const name = variable('no_proxy') ? 'no_proxy' : 'NO_PROXY';
    const list = readNoProxy(variable(name) ?? '');
    if (list.unread.length > 0) warnings.push(`${name}: cannot be read: ${list.unread.map(quoted).join(', ')}`);
    return list;
  }
}

/** Somebody may have written a URL with a password in it. */
function quoted(entry: string): string {
  return JSON.stringify(entry.replace(/^.*@/, '***@').slice(0, 100));
}

/** Programs take `proxy.example.com:3128` for http. */
function readVariable(text: string, place: Place): ResolvedProxy | undefined {
  const trimmed = text.trim();
  const silent = { ...place, refuse: () => undefined };
  const proxy = readProxy(trimmed.includes('://') ? trimmed : `http://${trimmed}`, silent);
  return proxy ?? place.refuse(`this environment variable must be ${PROXY_EXPECTED}, or not be set`);
}
