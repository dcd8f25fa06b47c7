/** The proxy that the environment names: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, each also in lower case, which goes first. */

import { PROXY_EXPECTED, readProxy } from '../attributes/proxy.js';
import type { ResolvedProxy } from '../resolved.js';
import type { Place } from '../schema/place.js';

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
  const variable = (name: string) => (Object.hasOwn(environment, name) ? environment[name] : undefined);
  const noProxy = variable('no_proxy') || variable('NO_PROXY') || '';
  return (origin) => {
    const { protocol } = new URL(origin);
    const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
    const name = names.find((each) => variable(each)?.trim());
    if (name === undefined || isExempt(origin, noProxy)) return undefined;
    if (!read.has(name)) read.set(name, readVariable(variable(name) ?? '', place.at(name)));
    return read.get(name);
  };
}

/**
 * Whether a list of hosts, separated by commas or spaces, names the origin: `*`, `host`, `.suffix` or `*.suffix` (not
 * the suffix itself), each also with `:port`. Addresses are compared as text; loopback is like any other.
 */
export function isExempt(origin: string, noProxy: string): boolean {
  const { protocol, hostname, port } = new URL(origin);
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .map(parseEntry)
    .some((entry) => (entry.port === '' || entry.port === (port || PORTS[protocol])) && names(entry.host, hostname));
}

const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

function parseEntry(entry: string): { readonly host: string; readonly port: string } {
  // An IPv6 address has colons of its own, unless brackets say where it ends.
  if (/:[^\]]*:/.test(entry) && !entry.startsWith('[')) return { host: `[${entry}]`, port: '' };
  const [, host = '', port = ''] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { host, port };
}

function names(entry: string, hostname: string): boolean {
  if (entry === '*') return true;
  const suffix = entry.replace(/^\*(?=\.)/, '');
  return suffix.startsWith('.') ? suffix !== '.' && hostname.endsWith(suffix) : entry !== '' && entry === hostname;
}

/** Programs take `proxy.example.com:3128` for http. */
function readVariable(text: string, place: Place): ResolvedProxy | undefined {
  const trimmed = text.trim();
  const silent = { ...place, refuse: () => undefined };
  const proxy = readProxy(trimmed.includes('://') ? trimmed : `http://${trimmed}`, silent);
  return proxy ?? place.refuse(`this environment variable must be ${PROXY_EXPECTED}, or not be set`);
}
