/** What a JWT says, for people: header and claims, never the signature. */

import { parseBoundedJson } from '../token-request/bounded-json.js';
import type { Mask } from './mask.js';
import type { JwtFacts } from './report.js';

const LONGEST = 32 * 1024;
const MOST_MEMBERS = 50;
const DEEPEST = 4;

/** Nothing for a text that is no signed JWT (RFC 7515 §7.1). */
export function jwtFacts(text: string, mask: Mask): JwtFacts | undefined {
  const parts = text.length > LONGEST ? [] : text.split('.', 4);
  if (parts.length !== 3) return undefined;
  const [header, claims] = parts.map(objectIn);
  return header && claims && { header: shown(header, mask), claims: shown(claims, mask) };
}

function objectIn(part: string): object | undefined {
  try {
    const value = parseBoundedJson(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function shown(object: object, mask: Mask, depth = 0): Record<string, unknown> {
  const members = Object.entries(object).slice(0, MOST_MEMBERS);
  return Object.fromEntries(members.map(([name, value]) => [mask.text(name, 100), shownValue(value, mask, depth)]));
}

function shownValue(value: unknown, mask: Mask, depth: number): unknown {
  if (typeof value === 'string') return mask.text(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(value)) return value.slice(0, MOST_MEMBERS).map((each) => shownValue(each, mask, depth + 1));
  return shown(value, mask, depth + 1);
}
