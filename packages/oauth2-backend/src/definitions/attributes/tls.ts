/** The attributes of a `tls` block: how each is read. What each means for users stands in `tls-definition.ts`. */

import type { Attribute, Block } from '../schema/attribute.js';
import { kindOf } from '../schema/members.js';
import type { Place } from '../schema/place.js';
import { readPath } from '../schema/value-or-file.js';
import type { TlsDefinition } from '../tls-definition.js';

/** By name, in the order of the documentation. */
export const tlsAttributes = {
  server_ca_certificate: { read: readPem },
  server_ca_certificate_file: { read: readPath },
  client_certificate: { read: readPem },
  client_certificate_file: { read: readPath },
  client_private_key: { read: readPem },
  client_private_key_file: { read: readPath },
} satisfies Record<keyof TlsDefinition, Attribute>;

export type TlsBlock = Block<typeof tlsAttributes>;

/** What stands in it is judged together with what stands in files. */
function readPem(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be PEM as a string, not ${kindOf(value)}`);
  return value === '' ? place.refuse('is empty: is the environment variable set?') : value;
}
