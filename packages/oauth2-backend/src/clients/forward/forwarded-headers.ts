/** What a request says of who sent it: `Via`, `Forwarded`, `X-Forwarded-*`. */

import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isToken } from '../../definitions/schema/values.js';
import { addHeader } from './inbound-message.js';
import type { ResolvedForwardOptions } from './options.js';

/** Where the client sees the application. */
interface SeenPlace {
  readonly host: string | undefined;
  /** `''` or `/api/x`. */
  readonly mount: string;
}

/** Adds what the options ask for; what came in is there only where it is trusted. */
export function addForwarded(
  headers: Record<string, string | string[]>,
  request: IncomingMessage,
  { host, mount }: SeenPlace,
  options: ResolvedForwardOptions,
): void {
  if (options.via !== undefined) addHeader(headers, 'via', `${request.httpVersion ?? '1.1'} ${options.via}`);
  if (options.forwarded === undefined) return;

  // IPv4 on a socket for both is IPv4 all the same.
  const address = request.socket?.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '');
  const protocol = (request.socket as TLSSocket | undefined)?.encrypted ? 'https' : 'http';
  if (options.forwarded === 'forwarded') {
    const parts = [
      `for=${node(address)}`,
      ...(host === undefined ? [] : [`host=${quoted(host)}`]),
      `proto=${protocol}`,
    ];
    addHeader(headers, 'forwarded', parts.join(';'));
    return;
  }
  if (address !== undefined) addHeader(headers, 'x-forwarded-for', address);
  // The first in the chain saw what the client asked for.
  headers['x-forwarded-proto'] ??= protocol;
  if (host !== undefined) headers['x-forwarded-host'] ??= host;
  if (mount !== '') headers['x-forwarded-prefix'] = pathOf(headers['x-forwarded-prefix']) + mount;
}

/** The place that the backend was told of; `undefined` where it was not. */
export function toldPlace(
  headers: Readonly<Record<string, string | string[]>>,
  { forwarded }: ResolvedForwardOptions,
): SeenPlace | undefined {
  if (forwarded !== 'x-forwarded') return undefined;
  const [host] = String(headers['x-forwarded-host'] ?? '').split(',', 1);
  return { host: host?.trim(), mount: pathOf(headers['x-forwarded-prefix']) };
}

/** Each proxy in front cuts off a part: a list of prefixes is one path. */
function pathOf(prefixes: string | string[] | undefined): string {
  const parts = [prefixes ?? []].flat().join().split(',');
  return parts.map((part) => part.trim().replace(/\/$/, '')).join('');
}

/** RFC 7239 §6. */
function node(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  return address.includes(':') ? `"[${address.replace(/%.*$/, '')}]"` : address;
}

function quoted(text: string): string {
  return isToken(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}
