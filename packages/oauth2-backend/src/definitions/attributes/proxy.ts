/** The address of a proxy. */

import { ownMembers } from '../own-members.js';
import type { ResolvedProxy } from '../resolved.js';
import { kindOf } from '../schema/members.js';
import type { Place } from '../schema/place.js';
import { addressOf, unfitText } from './addresses.js';

const PROXY = /^https?:\/\/[^/?#]+\/?$/i;
const UNSENDABLE = /[\p{Cc}\p{Cs}]/u;

/** What a proxy must be given as. */
export const PROXY_EXPECTED = 'a proxy URL such as "http://proxy.example.com:3128"';

/** Reads `scheme://[user[:pass]@]host[:port]`; user and password are percent-encoded. */
export function readProxy(value: unknown, place: Place): ResolvedProxy | undefined {
  if (typeof value !== 'string') return place.refuse(`must be ${PROXY_EXPECTED}, not ${kindOf(value)}`);
  const unfit = unfitText(value);
  if (unfit !== undefined) return place.refuse(unfit);
  if (!PROXY.test(value)) {
    return place.refuse(`must be ${PROXY_EXPECTED} with http or https, without path, query and fragment`);
  }
  const address = addressOf(value);
  if (!address) return place.refuse(`must be ${PROXY_EXPECTED}; host or port is not valid`);
  const { origin, username, password } = address;
  if (username === '' && password === '') return Object.freeze(ownMembers({ url: origin }));
  const user = decode(username);
  const pass = decode(password);
  if (user === undefined || pass === undefined) return place.refuse('has user info that is not percent-encoded UTF-8');
  if (user.includes(':')) return place.refuse('has a user name with a colon, which Basic cannot send (RFC 7617 §2)');
  if (UNSENDABLE.test(user + pass)) return place.refuse('has user info with control characters');
  return Object.freeze({ url: origin, credentials: `${user}:${pass}` });
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
