/** When the inbound client's leaving ends an outbound call. */

import type { IncomingMessage } from 'node:http';
import { ClientClosedError } from '../errors.js';
import type { AbortSource } from './call.js';
import { contextAbort } from './request-context.js';
import type { ClientSettings } from './settings.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What fires when the inbound client leaves; `undefined` where that is not to end the call.
 *
 * @param request.forwarded the inbound request where it is itself sent on: safe by any method, since nobody else gets the answer
 */
export function inboundAbort(
  { context, abortOnDisconnect }: ClientSettings,
  { method, forwarded }: { readonly method: string; readonly forwarded: IncomingMessage | undefined },
): AbortSource | undefined {
  if (abortOnDisconnect === false) return undefined;
  if (forwarded) return context ? contextAbort(context) : connectionAbort(forwarded.socket);
  if (!context || (abortOnDisconnect === 'safe' && !isSafe(method))) return undefined;
  return contextAbort(context);
}

function isSafe(method: string): boolean {
  return SAFE_METHODS.has(method) || SAFE_METHODS.has(method.toUpperCase());
}

/** Without a context the connection is all there is to see; a request that no socket made has none, or an imitation. */
function connectionAbort(socket: IncomingMessage['socket'] | undefined): AbortSource | undefined {
  if (typeof socket?.on !== 'function' || typeof socket.off !== 'function') return undefined;
  return {
    get aborted() {
      return socket.destroyed;
    },
    get reason() {
      return new ClientClosedError();
    },
    on: (_: 'abort', listener: () => void) => socket.on('close', listener),
    off: (_: 'abort', listener: () => void) => socket.off('close', listener),
  };
}
