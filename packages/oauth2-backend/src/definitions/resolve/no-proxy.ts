/** What `NO_PROXY` exempts from the environment's proxy, as curl reads it. */

import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';

export interface NoProxy {
  /** Whether a connection to this canonical origin goes past the proxy. */
  exempts(origin: string): boolean;
  /** Entries that mean nothing, in their order. */
  readonly unread: readonly string[];
}

type Match = (hostname: string) => boolean;

interface Entry {
  readonly matches: Match;
  readonly port?: string | undefined;
}

/**
 * Reads entries that stand apart by commas or white space: `*`; a domain, which means all below it too, also written `.domain`
 * and `*.domain`; an address; a network (`10.0.0.0/8`, `fd00::/8`). Each may end in `:port`, an IPv6 address or network then
 * in brackets. Domains match names, addresses and networks match addresses: nothing is looked up. Loopback is like any other.
 */
export function readNoProxy(text: string): NoProxy {
  const entries: Entry[] = [];
  const unread: string[] = [];
  for (const part of text.split(/[\s,]+/)) {
    const entry = part === '' ? undefined : readEntry(part);
    if (entry) entries.push(entry);
    else if (part !== '') unread.push(part);
  }
  return {
    unread,
    exempts(origin) {
      const { protocol, hostname, port } = new URL(origin);
      const used = port || PORTS[protocol];
      const host = hostname.replace(/^\[|\]$|\.$/g, '');
      return entries.some((entry) => (entry.port === undefined || entry.port === used) && entry.matches(host));
    },
  };
}

const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

function readEntry(text: string): Entry | undefined {
  // An IPv6 address has colons of its own, unless brackets say where it ends.
  const { host = '', port } = /^\[(?<host>[^[\]]*)\](?::(?<port>\d{1,5}))?$/.exec(text)?.groups ??
    /^(?<host>[^:]*):(?<port>\d{1,5})$/.exec(text)?.groups ?? { host: text };
  const number = port === undefined ? undefined : Number(port);
  const matches = text.startsWith('[') && !host.includes(':') ? undefined : readHost(host);
  if (!matches || number === 0 || (number ?? 0) > 65535) return undefined;
  return { matches, port: number?.toString() };
}

function readHost(host: string): Match | undefined {
  if (host === '*') return () => true;
  const [address = '', length] = host.split('/', 2);
  if (isIP(address) !== 0) return host.split('/').length > 2 ? undefined : inNetwork(address, length);
  return ofDomain(host);
}

function inNetwork(address: string, length: string | undefined): Match | undefined {
  const longest = isIP(address) === 6 ? 128 : 32;
  const prefix = length === undefined ? longest : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (prefix < 0 || prefix > longest) return undefined;
  const network = new BlockList();
  network.addSubnet(address, prefix, family(address));
  return (hostname) => isIP(hostname) !== 0 && network.check(hostname, family(hostname));
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function ofDomain(text: string): Match | undefined {
  const bare = text.replace(/^\*?\./, '').replace(/\.$/, '');
  const domain = NAME.test(bare) ? domainToASCII(bare) : '';
  if (domain === '' || isIP(domain) !== 0) return undefined;
  return (hostname) => hostname === domain || (isIP(hostname) === 0 && hostname.endsWith(`.${domain}`));
}

/** Labels without what ends a host in a URL. */
const NAME = /^[^.:/\\?#@*%[\]]+(?:\.[^.:/\\?#@*%[\]]+)*$/;
