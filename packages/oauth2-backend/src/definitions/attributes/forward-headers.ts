/** Which headers of an inbound request its outbound ones carry on. */

import { entriesOf } from '../schema/members.js';
import type { Place } from '../schema/place.js';
import { readFieldName } from './modifiers.js';

// Credentials; the message's own framing and coding, which is another for each message; what only the client can promise.
const OWN =
  /^(?:dpop|set-cookie2?|cookie2?|proxy-.*|content-.*|transfer-.*|http2-settings|accept-encoding|expect|sec-websocket-.*)$/;
const CREDENTIAL =
  /authorization|authenticate|cookie|password|secret|credential|api-?key|(?:auth|access|id|refresh|session)-token/;

/** Reads an array of header names; they come out in lower case, each once. */
export function readForwardHeaders(value: unknown, place: Place): readonly string[] {
  const found = new Set<string>();
  for (const entry of entriesOf(value, place) ?? []) {
    const name = readFieldName(entry.value, entry.place);
    if (name === undefined) continue;
    if (OWN.test(name) || CREDENTIAL.test(name))
      entry.place.refuse('is never carried on: credentials, framing and coding are of one message');
    else found.add(name);
  }
  return Object.freeze([...found]);
}
