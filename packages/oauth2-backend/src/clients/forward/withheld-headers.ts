/** The headers of an inbound request that stay here: the client's own, its connection's, and those that only a proxy may set. */

import { HOP_BY_HOP } from './hop-by-hop.js';
import { isFrameHeader } from './inbound-frame.js';
import type { ResolvedForwardOptions } from './options.js';

/** What says which headers stay here. */
export interface WithholdingRules extends Pick<ResolvedForwardOptions, 'trustForwarded' | 'methods'> {
  /** The header in which the backend's own token stands, lower case. */
  readonly tokenHeader?: string | undefined;
}

/** Whether a header stays here. @param name in lower case */
export function isDropped(name: string, rules: WithholdingRules): boolean {
  // HTTP/2 has what the request line says in names that begin with a colon.
  if (name.startsWith(':') || isWithheld(name, rules)) return true;
  const plain = plainName(name);
  if (rules.tokenHeader !== undefined && plain === plainName(rules.tokenHeader)) return true;
  return plain !== name && (isFrameHeader(plain) || isWithheld(plain, rules));
}

/** A name as CGI and its heirs read it: `X_Forwarded.For` passes for `X-Forwarded-For`. @param name in lower case */
export function plainName(name: string): string {
  return /^[a-z\d-]*$/.test(name) ? name : name.replace(/[^a-z\d]/g, '-');
}

function isWithheld(name: string, { trustForwarded, methods }: WithholdingRules): boolean {
  if (HOP_BY_HOP.has(name) || CLIENTS_OWN.has(name) || name.startsWith('proxy-')) return true;
  // Else any method could be had by the name of another.
  if (methods && METHOD_OVERRIDES.has(name)) return true;
  return !trustForwarded && (name.startsWith('x-forwarded-') || PROXYS_OWN.has(name));
}

/** `Proxy` would be `HTTP_PROXY` to a CGI script; the last two replace the path at some servers. */
const CLIENTS_OWN: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'cookie2',
  'expect',
  'proxy',
  'trailer',
  'x-original-url',
  'x-rewrite-url',
]);

const METHOD_OVERRIDES: ReadonlySet<string> = new Set(['x-http-method', 'x-http-method-override', 'x-method-override']);

const PROXYS_OWN: ReadonlySet<string> = new Set([
  'client-ip',
  'forwarded',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-forwarded',
  'x-real-ip',
]);
