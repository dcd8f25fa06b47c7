/** The attributes of a `tls` block: the one description that validation and documentation share. */

import type { TlsDefinition } from '../definition.js';
import type { Attribute, Block } from '../schema/attribute.js';
import { kindOf } from '../schema/members.js';
import type { Place } from '../schema/place.js';
import { readPath } from '../schema/value-or-file.js';

/** The attributes of a `tls` block, by name, in the order of the documentation. */
export const tlsAttributes = {
  server_ca_certificate: {
    type: 'PEM',
    summary: "certificate authorities, one or several, trusted beside the system's",
    read: readPem,
  },
  server_ca_certificate_file: {
    type: 'path',
    summary: 'the file that holds them instead; read at start',
    read: readPath,
  },
  client_certificate: {
    type: 'PEM',
    summary: "the client's certificate, its chain behind it; needs `client_private_key`",
    read: readPem,
  },
  client_certificate_file: {
    type: 'path',
    summary: 'the file that holds it instead; read at start',
    read: readPath,
  },
  client_private_key: {
    type: 'PEM',
    summary: "the private key of the client's certificate, not encrypted",
    read: readPem,
  },
  client_private_key_file: {
    type: 'path',
    summary: 'the file that holds it instead; read at start',
    read: readPath,
  },
} satisfies Record<keyof TlsDefinition, Attribute>;

/** A `tls` block that was read. */
export type TlsBlock = Block<typeof tlsAttributes>;

/** What stands in it is judged together with what stands in files. */
function readPem(value: unknown, place: Place): string | undefined {
  if (typeof value !== 'string') return place.refuse(`must be PEM as a string, not ${kindOf(value)}`);
  return value === '' ? place.refuse('is empty: is the environment variable set?') : value;
}
