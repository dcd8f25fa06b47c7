/** A token as a record has it. */

import { type AccessToken, isTokenValue } from '../token.js';
import { parseBoundedJson } from '../token-request/bounded-json.js';
import type { RefreshGrant } from '../token-request/grant-source.js';

export interface StoredToken {
  readonly token: AccessToken;
  /** Grows with each renewal of the fleet; near the instant of the renewal in milliseconds, but no clock sets it back. */
  readonly order: number;
  readonly refresh?: RefreshGrant | undefined;
}

const SCHEMA = 1;
const LONGEST = 32 * 1024;

/** The record's text: JSON. */
export function writeStoredToken({ token, order, refresh }: StoredToken): string {
  const { value, issuedAt, expiresAt, scope } = token;
  return JSON.stringify({ schema: SCHEMA, value, issuedAt, expiresAt, scope, order, refresh });
}

/** The token of a record's text; `undefined` for everything that is not exactly one of this schema. Own properties only. */
export function readStoredToken(text: string, now: number): StoredToken | undefined {
  const record = members(parse(text));
  const { schema, value, issuedAt, expiresAt, order } = record;
  if (schema !== SCHEMA || !isTokenValue(value) || value.length > LONGEST) return undefined;
  if (!isInstant(issuedAt) || !isInstant(expiresAt) || !isInstant(order) || expiresAt < issuedAt) return undefined;
  const refresh = record['refresh'] === undefined ? undefined : readRefresh(record['refresh']);
  if (refresh === null || !isScope(record['scope'])) return undefined;
  // No token outlives its life here, however far ahead the clock was where it was asked for.
  const ahead = Math.max(0, issuedAt - now);
  const token = Object.freeze({
    value,
    type: 'Bearer' as const,
    issuedAt: issuedAt - ahead,
    expiresAt: expiresAt - ahead,
    scope: record['scope'],
  });
  return { token, order, refresh };
}

function readRefresh(value: unknown): RefreshGrant | null {
  const { value: refresh, scope } = members(value);
  return typeof refresh === 'string' && refresh !== '' && isScope(scope) ? { value: refresh, scope } : null;
}

function parse(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch {
    return undefined;
  }
}

/** Without a prototype: `constructor` and friends are not there unless the record has them. */
function members(value: unknown): Record<string, unknown> {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value);
  return Object.assign(Object.create(null), plain ? value : undefined);
}

function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isScope(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
