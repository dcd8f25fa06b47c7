/** fetch's error for a header that cannot be sent, without what stands in it. */

import { isToken } from '../../definitions/schema/values.js';
import { headerPairs } from '../../outbound/request-headers.js';

/** undici's words, which show the name or value: one may be a secret, both may be an attacker's. */
const SHOWN = /^Headers\.append: .* is an invalid header (?:name|value)\.$/s;

/** In place of undici's error for one of these headers; nothing in place of another error. */
export function unsendableHeader(error: unknown, headers: unknown): TypeError | undefined {
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined;
  if (typeof error.message !== 'string' || !SHOWN.test(error.message)) return undefined;
  const name = headerPairs(headers).find((pair) => UNSENDABLE.test(pair[1].trim()))?.[0];
  return name !== undefined && isToken(name)
    ? new TypeError(`header "${name}" has a value that no header may carry (RFC 9110 §5.5)`)
    : new TypeError('a header has a name that is none (RFC 9110 §5.1)');
}

const UNSENDABLE = /[\0\r\n]/;
