/** The judging of a token endpoint's answer (RFC 6749 §5): all of it is read before any of it is judged. */

import { OTHER_TOKEN_TYPES } from '../definitions/attributes/token-request-values.js';
import { TokenRequestError } from '../errors.js';
import { type AccessToken, isTokenValue } from '../token.js';
import { answerLife, type DefaultLife } from './answer-life.js';
import { answerRefusal, cleanerOf, isErrorAnswer, type RefusalOptions } from './answer-refusal.js';
import { memberOf, parseBoundedJson } from './bounded-json.js';
import { grantedScope } from './granted-scope.js';
import { EMPTY, otherAnswer, tokenless } from './no-token.js';
import { isPage } from './reasons/said.js';
import { errorLine } from './reasons/shown.js';
import type { Remark } from './remarks.js';
import type { Cleaner } from './untrusted-text.js';

const MAX_TOKEN_LENGTH = 32 * 1024;
const MAX_TYPE_LENGTH = 1024;

/** An answer, read to its end. */
export interface TokenAnswer {
  readonly status: number;
  /** The body after content decoding. */
  readonly text?: string | undefined;
  /** Words for why there is no text. */
  readonly unreadable?: string | undefined;
  /** Where a redirect points. */
  readonly location?: unknown;
  /** `WWW-Authenticate`. */
  readonly challenge?: unknown;
}

/** What the answer is judged with. */
interface JudgeOptions extends DefaultLife, RefusalOptions {
  /** Milliseconds since the epoch, taken before the request was sent. */
  readonly issuedAt: number;
  /** The address that was asked. */
  readonly url: string;
  /** The requested scope: what was granted when the answer names none (RFC 6749 §5.1). */
  readonly scope: string | undefined;
  /** What may have been issued (RFC 8693 §2.2.1); not looked at where absent. */
  readonly issuedTypes?: readonly string[] | undefined;
  /** Further token types that are Bearer, in lower case. */
  readonly bearerTokenTypes?: readonly string[] | undefined;
  /** Told of what is odd in a good answer. */
  readonly remark: Remark;
}

/** What a good answer brings. */
export interface Granted {
  readonly token: AccessToken;
  /** A secret; most grants have no use for it (RFC 6749 §4.4.3). */
  readonly refreshToken: string | undefined;
}

/**
 * Gives what a good answer brings.
 *
 * @throws TokenRequestError with `response` for everything else
 */
export function judgeTokenAnswer(answer: TokenAnswer, options: JudgeOptions): Granted {
  const { status } = answer;
  const { asked, retryAfter, remark } = options;
  const body = answer.unreadable ?? parseObject(answer.text ?? '');
  const fail = (what: string, ...reasons: (string | undefined)[]) =>
    new TokenRequestError(
      errorLine(`${asked.host} answered ${asked.client}${asked.via} ${status} ${what}`, ...reasons),
      {
        backend: options.backend,
        response: { status },
        retryAfter,
        stumbled: body === EMPTY && status >= 200 && status < 300,
      },
    );

  if (typeof body === 'object' && isErrorAnswer(body)) throw answerRefusal(status, body, options);
  if (typeof body === 'string' || (status !== 200 && status !== 201)) throw fail(...otherAnswer(answer, body, options));

  const value = memberOf(body, 'access_token');
  if (value === undefined) throw fail(...tokenless(body, options));
  if (typeof value !== 'string' || value === '') throw fail('with an access_token that is no text');
  if (value.length > MAX_TOKEN_LENGTH) throw fail(`with an access_token over ${MAX_TOKEN_LENGTH} characters`);
  if (!isTokenValue(value)) throw fail('with an access_token that holds characters no header may carry');

  const type = memberOf(body, 'token_type');
  if (!isBearer(type, options.bearerTokenTypes)) {
    throw fail('with a token_type that is not Bearer', ...describeType(type, cleanerOf(body, options)));
  }

  if (!isWanted(memberOf(body, 'issued_token_type'), options.issuedTypes)) {
    throw fail('with an issued_token_type that was not asked for');
  }

  const life = answerLife(memberOf(body, 'expires_in'), options, remark);
  if (life === undefined) throw fail('with an expires_in that is no number of seconds');

  const refreshToken = memberOf(body, 'refresh_token');
  const token = Object.freeze({
    value,
    type: 'Bearer' as const,
    issuedAt: options.issuedAt,
    expiresAt: Math.min(options.issuedAt + life, LAST_INSTANT),
    scope: grantedScope(memberOf(body, 'scope'), options.scope, remark),
  });
  return { token, refreshToken: isKeepable(refreshToken) ? refreshToken : undefined };
}

/** The year 275760: a `Date` of any later instant is none. */
const LAST_INSTANT = 8.64e15;

function isKeepable(refreshToken: unknown): refreshToken is string {
  return typeof refreshToken === 'string' && refreshToken !== '' && refreshToken.length <= MAX_TOKEN_LENGTH;
}

/** The body as an object, or words for what it is instead. */
function parseObject(text: string): object | string {
  if (text.trim() === '') return EMPTY;
  try {
    const parsed = parseBoundedJson(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
    return 'JSON that is not an object';
  } catch {
    return isPage(text) ? 'an HTML page' : 'a body that is not JSON';
  }
}

/** Case does not matter (RFC 6749 §5.1); real servers leave the type out, or give blanks. */
function isBearer(type: unknown, further: readonly string[] = []): boolean {
  if (type === undefined || type === null) return true;
  if (typeof type !== 'string' || type.length > MAX_TYPE_LENGTH) return false;
  const name = type.trim().toLowerCase();
  return name === '' || name === 'bearer' || further.includes(name);
}

function describeType(type: unknown, clean: Cleaner): [string, string?] {
  const shown = clean(type);
  if (typeof type !== 'string' || shown === undefined) return ['no text'];
  const known = OTHER_TOKEN_TYPES.has(type.slice(0, MAX_TYPE_LENGTH).trim().toLowerCase());
  return known ? [`"${shown}"`] : [`"${shown}"`, 'if the API takes it as Bearer, name it in "bearer_token_types"'];
}

/** Real servers leave it out, though RFC 8693 §2.2.1 requires it. */
function isWanted(type: unknown, issuedTypes: readonly string[] | undefined): boolean {
  return !issuedTypes || type === undefined || type === null || issuedTypes.includes(type as string);
}
