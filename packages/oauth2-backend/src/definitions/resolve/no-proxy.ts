/** Which origins are reached without a proxy (`NO_PROXY`, a convention without a standard). */

const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

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
