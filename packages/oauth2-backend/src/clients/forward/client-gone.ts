/** Ends a forwarded request with its inbound client: a plain listener, which costs less than the context's signal. */

import type { IncomingMessage } from 'node:http';
import { ClientClosedError } from '../../errors.js';
import type { OutboundCall } from '../../outbound/outbound-call.js';
import type { ClientSettings } from '../../outbound/settings.js';

/** Watches the client; gives what to call when the call is over. Without a context its connection is all there is to see. */
export function clientGone(request: IncomingMessage, settings: ClientSettings, call: OutboundCall): () => void {
  if (settings.abortOnDisconnect === false) return () => {};
  const response = settings.context?.response;
  const source = response ?? request.socket;
  // `close` comes after a complete answer too.
  const gone = () => {
    if (!response?.writableFinished) call.abort(new ClientClosedError());
  };
  if (response ? response.closed : request.socket.destroyed) gone();
  source.once('close', gone);
  return () => void source.off('close', gone);
}
