/** `request.headers` counts: what the application deleted, changed or added there is its word, whatever the client sent. */

import type { IncomingMessage } from 'node:http';
import { isFieldValue, isToken } from '../../definitions/schema/values.js';
import { ConfigurationError } from '../../errors.js';
import { isFrameHeader } from './inbound-frame.js';
import { isDropped, plainName, type WithholdingRules } from './withheld-headers.js';

type Headers = Record<string, string | string[]>;

/**
 * The headers that travel: of those that came what is still there, without those that the client's `Connection` names, and
 * what is new or another now. What stays here is not read.
 *
 * @throws ConfigurationError for what the application has set and no header can hold
 */
export function countedHeaders(
  request: IncomingMessage,
  came: Headers,
  named: readonly string[],
  rules: WithholdingRules,
): Headers {
  const headers: Headers = Object.create(null);
  const counted = request.headers;
  let set: string[] | undefined;
  for (const key of Object.keys(counted)) {
    const now = counted[key];
    const before = came[key];
    if (before === undefined ? stays(key.toLowerCase(), rules) : now === before || isJoined(now, before)) {
      if (before !== undefined && !named.includes(key)) headers[key] = before;
    } else if (now !== undefined) {
      const name = key.toLowerCase();
      headers[name] = checked(name, now);
      set = [...(set ?? []), name];
    }
  }
  if (set) dropLookAlikes(headers, set);
  return headers;
}

function stays(name: string, rules: WithholdingRules): boolean {
  return isFrameHeader(name) || isDropped(name, rules);
}

/** Several values are one in Node's objects, and some names keep only the first: then that counts. */
function isJoined(now: string | string[] | undefined, before: string | string[]): boolean {
  return now !== undefined && [now].flat().join(', ') === [before].flat().join(', ');
}

function checked(name: string, value: unknown): string | string[] {
  const values = [value].flat().map((one) => (typeof one === 'number' ? String(one) : one));
  for (const one of values) {
    if (isToken(name) && typeof one === 'string' && isFieldValue(one)) continue;
    const message = 'the application has set what no header can be: another name, line ends, or anything but text';
    throw new ConfigurationError([{ path: `request.headers[${JSON.stringify(name)}]`, message }]);
  }
  return values.length === 1 ? (values[0] as string) : (values as string[]);
}

/** Takes off what passes for one of these names at some servers: `X_User` for `X-User`. */
export function dropLookAlikes(headers: Headers, names: readonly string[]): void {
  const plain = new Set(names.map(plainName));
  for (const name of Object.keys(headers)) {
    if (plain.has(plainName(name)) && !names.includes(name)) delete headers[name];
  }
}
