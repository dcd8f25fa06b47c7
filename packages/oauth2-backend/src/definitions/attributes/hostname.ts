/** The name under which a server is addressed, where that is not the name it is looked up by. */

import { kindOf } from '../schema/kind-of.js';
import type { Place } from '../schema/place.js';

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const HOST_NAME = new RegExp(`^(?=.{1,253}$)(?:${LABEL}\\.)*(?=[^.]*[a-z_])${LABEL}$`, 'i');

/** Reads a host name without port; no address, which a TLS server name must not be (RFC 6066 §3). Lower case. */
export function readHostname(value: unknown, place: Place): string | undefined {
  const expected = 'a host name such as "api.example.com"';
  if (typeof value !== 'string') return place.refuse(`must be ${expected}, not ${kindOf(value)}`);
  return HOST_NAME.test(value)
    ? value.toLowerCase()
    : place.refuse(`must be ${expected}: ASCII letters, digits, "-" and dots; no port, no address`);
}
