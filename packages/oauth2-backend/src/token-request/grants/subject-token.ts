/** The user's token of a token exchange (RFC 8693 §2.1): what the application gives of a request, or the request's own. */

import type { IncomingMessage } from 'node:http';
import { memberOf } from '../../definitions/own-members.js';
import type { ResolvedExchange } from '../../definitions/resolved.js';
import { MissingSubjectError, NoTokenError } from '../../errors.js';
import { isTokenValue, type RequestContext } from '../../token.js';
import { parseBoundedJson } from '../bounded-json.js';
import { givenValue, isAbsent, unusable } from '../given-value.js';

interface Subject {
  readonly token: string;
  /** Milliseconds since the epoch, where token or verification say so; nobody has verified it otherwise. */
  readonly expiresAt: number | undefined;
  /** Whether the application gave what a verification gave. */
  readonly verified: boolean;
}

/** Gives the user's token for a request. */
type SubjectTokenSource = (context: RequestContext | undefined) => Promise<Subject>;

/**
 * The token that `subject_token` gives, else the inbound request's bearer token; never the application's own.
 *
 * The source throws a MissingSubjectError when the request has none that is usable - not empty, visible ASCII, 32 KiB at
 * the most; a NoTokenError when there is no request, the function throws or gives something else, or a string where only
 * what was verified is taken.
 */
export function subjectTokenSource(exchange: ResolvedExchange, backend: string): SubjectTokenSource {
  const { subjectToken, verified } = exchange;
  const given = { attribute: 'subject_token', backend };

  if (!subjectToken) {
    return async (context) => usable(context?.request && inboundBearer(context.request), context, backend);
  }
  return async (context) => {
    const value = await givenValue(given, () => subjectToken(context)).catch((error: NoTokenError) => {
      if (error.cause instanceof MissingSubjectError) throw error.cause;
      throw context ? error : needsRequest(backend, error.cause);
    });
    if (isAbsent(value)) return usable(undefined, context, backend);
    if (typeof value === 'string' && !verified) return usable(value, context, backend);
    const verifiedToken = readVerified(value);
    if (verifiedToken) {
      const { token, expiresAt } = usable(verifiedToken.token, context, backend);
      return { token, expiresAt: earliest(expiresAt, expiryOf(verifiedToken.payload)), verified: true };
    }
    throw typeof value === 'string' ? unverified(backend) : unusable(given, value);
  };
}

const BEARER = /^Bearer +([^ ]+)$/i;

/**
 * Gives the token of the request's one `Authorization` header (RFC 6750 §2.1); `undefined` where there is none, more than
 * one, another scheme, or anything but visible ASCII without `"` and `,`.
 */
export function inboundBearer({
  headers,
  rawHeaders = [],
}: Pick<IncomingMessage, 'headers'> & Partial<Pick<IncomingMessage, 'rawHeaders'>>): string | undefined {
  const { authorization } = headers;
  if (typeof authorization !== 'string') return undefined;
  // Node shows the first of several and drops the others: who sent the first is then a guess.
  const names = rawHeaders.filter((name, index) => index % 2 === 0 && AUTHORIZATION.test(name));
  const token = names.length > 1 ? undefined : BEARER.exec(authorization)?.[1];
  return isTokenValue(token) ? token : undefined;
}

const AUTHORIZATION = /^authorization$/i;

function usable(token: string | undefined, context: RequestContext | undefined, backend: string): Subject {
  if (token !== undefined && token.length <= MAX_LENGTH && VISIBLE.test(token)) {
    return { token, expiresAt: jwtExpiry(token), verified: false };
  }
  throw context ? new MissingSubjectError({ backend }) : needsRequest(backend);
}

const MAX_LENGTH = 32 * 1024;
const VISIBLE = /^[\x21-\x7e]+$/;

/**
 * Gives the `exp` of a signed JWT (RFC 7519 §4.1.4) in milliseconds since the epoch; `undefined` for everything else, which
 * never throws. Nothing is verified: it is good to keep something shorter, and for nothing more.
 */
export function jwtExpiry(token: string): number | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const parts = token.split('.', 4);
  if (parts.length !== 3) return undefined;
  try {
    return expiryOf(parseBoundedJson(Buffer.from(parts[1] ?? '', 'base64url').toString()));
  } catch {
    return undefined;
  }
}

/** The same of its claims, or of what the server said of it (RFC 7662 §2.2). */
export function expiryOf(claims: unknown): number | undefined {
  if (typeof claims !== 'object' || claims === null) return undefined;
  const exp = memberOf(claims as { exp?: unknown }, 'exp');
  const seconds = typeof exp === 'string' && /^\d+(?:\.\d+)?$/.test(exp) ? Number(exp) : exp;
  return typeof seconds === 'number' && Number.isFinite(seconds * 1000) ? seconds * 1000 : undefined;
}

function needsRequest(backend: string, cause?: unknown): NoTokenError {
  const message = `the token of "${backend}" is the inbound request's user's: ask for it through the backends of a request`;
  return new NoTokenError(message, { cause, backend, statusCode: 500 });
}

function unverified(backend: string): NoTokenError {
  const message = `subject_token of "${backend}" gave a string: "require_verified_subject" takes only { token, payload }, what a verification gave`;
  return new NoTokenError(message, { backend, statusCode: 500 });
}

/** Reads each member once: what was judged is what is used. */
function readVerified(value: unknown): { token: string; payload: object } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as { token?: unknown; payload?: unknown };
  const token = memberOf(given, 'token');
  const payload = memberOf(given, 'payload');
  if (typeof token !== 'string' || typeof payload !== 'object' || payload === null) return undefined;
  return Array.isArray(payload) ? undefined : { token, payload };
}

function earliest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
