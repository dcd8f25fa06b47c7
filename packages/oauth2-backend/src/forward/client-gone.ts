/** Ends a call with its inbound client where no request context does. */

import type { IncomingMessage } from 'node:http';
import type { OutboundCall } from '../carriers/outbound-call.js';
import type { CarrierSettings } from '../carriers/settings.js';
import { ClientClosedError } from '../errors.js';

/** Watches the client's connection; gives what to call when the call is over. */
export function clientGone(request: IncomingMessage, settings: CarrierSettings, call: OutboundCall): () => void {
  if (settings.context || settings.abortOnDisconnect === false) return () => {};
  const { socket } = request;
  const gone = () => call.abort(new ClientClosedError());
  if (socket.destroyed) gone();
  socket.once('close', gone);
  return () => void socket.off('close', gone);
}
