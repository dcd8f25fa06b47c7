/** A request that asks for a WebSocket below the mount, judged before anybody is asked about it. */

import type { IncomingMessage } from 'node:http';
import type { Bearer } from '../../../bearer/bearer.js';
import type { Target } from '../../../bearer/target.js';
import { hasOwnMember } from '../../../definitions/own-members.js';
import { type Declined, declinedBefore } from '../forward-answer.js';
import { addForwarded } from '../forwarded-headers.js';
import { closing } from '../inbound-frame.js';
import { readInbound } from '../inbound-message.js';
import { forwardTarget, inboundPlace } from '../mount.js';
import { passedCookies } from '../passed-cookies.js';
import { isKey } from './accept.js';
import type { ResolvedUpgradeOptions } from './options.js';
import { isCrossSite } from './origin.js';

/** What is to be sent. */
export interface AskedRequest {
  readonly target: Target;
  readonly mount: string;
  /** Without token and modifiers; names in lower case. */
  readonly headers: Record<string, string | string[]>;
  /** The client's `Sec-WebSocket-Key`. */
  readonly key: string;
}

type Place = NonNullable<ReturnType<typeof inboundPlace>>;

/** Where a request was sent; no framework has routed it. `undefined` for what has no path, or one that others could read otherwise. */
export function placeOf(request: IncomingMessage, mount: string): Place | undefined {
  return inboundPlace(request, UNROUTED, mount);
}

const UNROUTED = Object.freeze(Object.create(null) as object);

/**
 * Reads the request, or tells what it is answered with.
 *
 * @throws ConfigurationError for what the application has set in `request.headers` and no header can hold
 */
export function readAsked(
  request: IncomingMessage,
  place: Place | undefined,
  bearer: Bearer,
  { forward: options, origins }: ResolvedUpgradeOptions,
): AskedRequest | Declined {
  const { trustForwarded } = options;
  const tokenHeader = bearer.hasToken ? bearer.field.header : undefined;
  const message =
    declinedBefore(request) ??
    readInbound(request, { trustForwarded, tokenHeader, methods: METHODS, protocol: 'websocket' });
  if (hasOwnMember(message, 'status')) return message;
  const { headers } = message;
  const key = headers['sec-websocket-key'];
  // What follows the head is the tunnel's. Before HTTP/1.1 there is no `Upgrade` (RFC 9110 §7.8).
  if (message.body !== undefined || request.httpVersion !== '1.1' || !isKey(key)) return closing(400);
  const target = place?.path === undefined ? undefined : forwardTarget(bearer.target, place.path);
  if (!place || !target) return closing(400);
  const { mount, host = message.host } = place;
  if (isCrossSite(request, { host, trustForwarded, origins })) return { status: 403 };

  delete headers['te'];
  addForwarded(headers, request, { host, mount }, options);
  const cookies = options.passCookies && passedCookies(request, options.passCookies);
  if (cookies !== undefined) headers['cookie'] = cookies;
  return { target, mount, headers, key };
}

const METHODS = ['GET'];
