/** What every carrier works with beside the bearer. */

import type { HeaderModifiers, Timeouts } from '../definitions/resolved.js';
import type { RequestContext } from '../request-context.js';
import { createTransport, type Transport } from '../transport.js';

/** Settings of one backend's carriers, alike in each. */
export interface CarrierSettings {
  readonly transport: Transport;
  readonly timeouts: Timeouts;
  readonly headers: HeaderModifiers;
  readonly abortOnDisconnect: 'safe' | boolean;
  /** The inbound request on whose behalf the calls are made. */
  readonly context?: RequestContext | undefined;
  /** Called before a call starts; throws when no calls are taken any more. Gives what to call when it is over. */
  readonly begin: () => () => void;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The settings of a bearer without a backend: DESIGN's defaults. */
export function defaultSettings(): CarrierSettings {
  return {
    transport: createTransport({ connectTimeout: 10_000 }),
    timeouts: { connect: 10_000, ttfb: 60_000, total: 300_000 },
    headers: { remove: [], set: [], add: [] },
    abortOnDisconnect: 'safe',
    begin: () => () => {},
  };
}

/** The inbound client's signal when its going away is to end a request by this method. */
export function inboundSignal(settings: CarrierSettings, method: string): AbortSignal | undefined {
  const { context, abortOnDisconnect } = settings;
  if (!context || abortOnDisconnect === false) return undefined;
  if (abortOnDisconnect === 'safe' && !SAFE_METHODS.has(method.toUpperCase())) return undefined;
  return context.signal;
}
