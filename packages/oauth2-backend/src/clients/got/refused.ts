/** A 401 that got sees: a stream or a page is not repeated, but the next request has another token. */

import type { OutboundCall } from '../../outbound/outbound-call.js';
import type { GotHopOptions } from './hop.js';

/** Tells of it. */
export function notRepeated(call: OutboundCall): NonNullable<GotHopOptions['onRefused']> {
  return async (response, token) => {
    await call.afterRefusal(token, response.headers['www-authenticate'], false);
    return true;
  };
}
