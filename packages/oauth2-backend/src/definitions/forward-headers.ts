/** Which headers of an inbound request its outbound ones carry on. */

import { readFieldName } from './header-modifiers.js';
import { entriesOf } from './members.js';
import type { Place } from './place.js';

// Credentials; the message's own framing and coding, which is another for each message; what only the client can promise.
const OWN =
  /^(?:authorization|dpop|cookie2?|set-cookie2?|proxy-.*|content-.*|transfer-.*|http2-settings|accept-encoding|expect)$/;

/** Reads an array of header names; they come out in lower case, each once. */
export function readForwardHeaders(value: unknown, place: Place): readonly string[] {
  const found = new Set<string>();
  for (const entry of entriesOf(value, place) ?? []) {
    const name = readFieldName(entry.value, entry.place);
    if (name === undefined) continue;
    if (OWN.test(name)) entry.place.refuse('is never carried on: credentials, framing and coding are of one message');
    else found.add(name);
  }
  return Object.freeze([...found]);
}
