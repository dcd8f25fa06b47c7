/** The proxy that the environment names: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, each also in lower case, which goes first. */

import { PROXY_EXPECTED, readProxy } from '../attributes/proxy.js';
import type { ResolvedProxy } from '../resolved.js';
import type { Place } from '../schema/place.js';
import { isExempt } from './no-proxy.js';

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Makes the function that gives the proxy for an origin; a variable that is needed and names none is reported once, by
 * its name below `place`.
 */
export function environmentProxies(
  environment: Environment,
  place: Place,
): (origin: string) => ResolvedProxy | undefined {
  const read = new Map<string, ResolvedProxy | undefined>();
  const noProxy = environment['no_proxy'] || environment['NO_PROXY'] || '';
  return (origin) => {
    const { protocol } = new URL(origin);
    const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
    const name = names.find((each) => environment[each]?.trim());
    if (name === undefined || isExempt(origin, noProxy)) return undefined;
    if (!read.has(name)) read.set(name, readVariable(environment[name] ?? '', place.at(name)));
    return read.get(name);
  };
}

/** Programs take `proxy.example.com:3128` for http. */
function readVariable(text: string, place: Place): ResolvedProxy | undefined {
  const trimmed = text.trim();
  const silent = { ...place, refuse: () => undefined };
  const proxy = readProxy(trimmed.includes('://') ? trimmed : `http://${trimmed}`, silent);
  return proxy ?? place.refuse(`this environment variable must be ${PROXY_EXPECTED}, or not be set`);
}
