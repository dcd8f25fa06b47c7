/** Pages of other sites: a browser lets any page open a WebSocket to anywhere, and says in `Origin` whose it is (RFC 6455 §10.2). */

import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

interface OriginRules {
  /** Where the client sees the application; the host of the request unless a trusted proxy says another. */
  readonly host: string | undefined;
  readonly trustForwarded: boolean;
  /** Further origins that may connect. */
  readonly origins: readonly string[];
}

/** Whether the request comes from a page that is neither the application's own nor named. */
export function isCrossSite(request: IncomingMessage, { host, trustForwarded, origins }: OriginRules): boolean {
  const { rawHeaders: raw } = request;
  const [origin, ...others] = raw.filter((_, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === 'origin');
  if (origin === undefined) return false;
  if (others.length > 0) return true;
  if (origins.includes(origin)) return false;
  const scheme = /^(https?):\/\/[^\s/?#@]+$/.exec(origin)?.[1];
  const seen = (trustForwarded && first(request, 'x-forwarded-host')) || host;
  if (scheme === undefined || seen === undefined) return true;
  // Whether a proxy in front has TLS is unknown unless it says so.
  const secure =
    (trustForwarded && first(request, 'x-forwarded-proto')) ||
    ((request.socket as TLSSocket).encrypted ? 'https' : undefined);
  if (secure !== undefined && secure.toLowerCase() !== scheme) return true;
  const own = `${scheme}://${seen}`;
  return !URL.canParse(own) || new URL(own).origin !== origin;
}

/** The first in the chain saw what the client asked for. */
function first(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return value === undefined ? undefined : String(value).split(',', 1)[0]?.trim();
}
