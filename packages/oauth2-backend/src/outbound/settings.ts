/** What every client works with beside the bearer. */

import { ownMembers } from '../definitions/own-members.js';
import type {
  ComputedModifiers,
  HeaderModifiers,
  QueryModifiers,
  ResolvedProxy,
  Timeouts,
} from '../definitions/resolved.js';
import type { RequestContext } from '../token.js';
import { createTransport, type Transport } from '../transport/transport.js';
import { timeLimitReached } from './failure.js';

/** Settings of one backend's clients, alike in each. */
export interface ClientSettings {
  readonly transport: Transport;
  readonly timeouts: Timeouts;
  readonly headers: HeaderModifiers;
  readonly query: QueryModifiers;
  /** Where functions give some of the values: what a call sends stands in the settings of that call. */
  readonly computed?: ComputedModifiers | undefined;
  /** Headers of the inbound request that outbound ones carry on; lower case. */
  readonly forwardHeaders: readonly string[] | undefined;
  /** The Host header, where it is not the origin's. */
  readonly hostname: string | undefined;
  /** `user:pass` of a backend without a token. */
  readonly basicAuth: string | undefined;
  /** What the transport goes through; its credentials must not show. */
  readonly proxy: ResolvedProxy | undefined;
  readonly abortOnDisconnect: 'safe' | boolean;
  /** The inbound request on whose behalf the calls are made. */
  readonly context: RequestContext | undefined;
  /** Called when a request of this method is repeated because the connection that it had reused died. */
  readonly onReconnect: (method: string) => void;
  /** Called before a call starts; throws when no calls are taken any more. Gives what to call when it is over. */
  readonly begin: (abort: (reason: Error) => void) => () => void;
}

/** The settings of a bearer without a backend: what a backend has that configures none. */
export function defaultSettings(origin: string): ClientSettings {
  const timeouts = { connect: 10_000, ttfb: 60_000, total: 300_000 };
  const none = { remove: [], set: [], add: [] };
  const connections = {
    origin,
    hostname: undefined,
    tls: ownMembers({}),
    validateCertificates: true,
    proxy: undefined,
    http2: false,
    maxConnections: 0,
    maxHeaderSize: 65_536,
    reuseConnections: true,
    dispatcher: undefined,
  };
  return {
    transport: createTransport({ ...connections, ...connectLimit(timeouts) }),
    timeouts,
    headers: none,
    query: none,
    forwardHeaders: undefined,
    hostname: undefined,
    basicAuth: undefined,
    proxy: undefined,
    context: undefined,
    abortOnDisconnect: 'safe',
    onReconnect() {},
    begin: () => () => {},
  };
}

/** The connect limit as a transport takes it, and what a connection that is late fails with. */
export function connectLimit({ connect }: Timeouts): { connectTimeout: number; lateConnect: () => Error } {
  return { connectTimeout: connect, lateConnect: () => timeLimitReached('connect_timeout', connect) };
}
