/** What may be told of an answer's body. */

import { memberOf, parseBoundedJson } from '../token-request/bounded-json.js';
import { withoutTokens } from '../token-request/token-like.js';
import { MASKED, type Mask } from './mask.js';
import { shownUrl } from './shown-url.js';

/** What of an answer explains something (RFC 6749 §5, RFC 8414 §2, and what vendors say beside). */
const TELLING = new Set([
  'code',
  'correlation_id',
  'detail',
  'error',
  'error_codes',
  'error_description',
  'error_uri',
  'expires_in',
  'issued_token_type',
  'issuer',
  'message',
  'reason',
  'scope',
  'status',
  'suberror',
  'title',
  'token_endpoint',
  'token_endpoint_auth_methods_supported',
  'token_type',
  'trace_id',
]);
const MOST_MEMBERS = 30;

/** The members of a JSON object, else its text; what issues a token shows nothing but what explains it. @param good whether the status is 2xx */
export function shownBody(body: readonly Buffer[], good: boolean, mask: Mask): Record<string, string> {
  const members = jsonOf(body);
  if (!members) {
    const given = Buffer.concat(body).toString().trim();
    if (given === '') return {};
    // It may be the token itself.
    return { text: good && !given.startsWith('<') ? MASKED : plainText(withoutMarkup(given), mask) };
  }
  const names = Object.keys(members).slice(0, MOST_MEMBERS);
  return Object.fromEntries(
    names.map((name) => [mask.text(name, 100), shownMember(name, memberOf(members, name), mask)]),
  );
}

function shownMember(name: string, value: unknown, mask: Mask): string {
  if (!TELLING.has(name)) return MASKED;
  if (name === 'token_endpoint' && typeof value === 'string') return shownUrl(value, mask);
  return plainText(typeof value === 'string' ? value : JSON.stringify(value), mask);
}

/** Nothing for what is no JSON object. */
export function jsonOf(body: readonly Buffer[]): object | undefined {
  try {
    const value = parseBoundedJson(Buffer.concat(body).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Known secrets go first: what stands behind a name may be a part of one. */
function plainText(text: string, mask: Mask): string {
  return mask.text(withoutTokens(mask.text(text, 2_000)));
}

/** What a page says, without how it looks. */
function withoutMarkup(text: string): string {
  if (!/^\s*</.test(text)) return text;
  return text
    .slice(0, 4_096)
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
