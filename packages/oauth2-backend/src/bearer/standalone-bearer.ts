/** The building block for those who attach tokens without `backends`. */

import { isExposed, readOrigin, readPathPrefix } from '../definitions/attributes/addresses.js';
import { type Place, placeIn } from '../definitions/schema/place.js';
import { readSwitch, wholeNumber } from '../definitions/schema/values.js';
import { ConfigurationError, type Problem } from '../errors.js';
import type { TokenSource } from '../token.js';
import { type Bearer, tieBearer } from './bearer.js';
import { targetRule } from './target.js';

/** Where a bearer's token may go. */
export interface BearerOptions {
  /** scheme://host[:port]; the only origin that ever sees the token. https, or http on loopback. */
  readonly origin: string;
  /** A path that every request stays below; default none. */
  readonly pathPrefix?: string | undefined;
  /** How often a request that was answered 401 is repeated with a new token, 0 to 255; default 1. */
  readonly retries?: number | undefined;
  /** Allows plain http outside loopback; default false. */
  readonly allowHttp?: boolean | undefined;
  /** Name for messages; default the origin. */
  readonly name?: string | undefined;
}

/**
 * Ties a token source to one origin, for `bearerGot` and `bearerFetch`.
 *
 * @example
 * const billing = bearerFetch(bearer(reuse(source), { origin: 'https://billing.example.com' }));
 * @throws ConfigurationError with all problems
 */
export function bearer(source: TokenSource, options: BearerOptions): Bearer {
  // Without a prototype: what somebody put on `Object.prototype` is no option.
  const own: BearerOptions = Object.assign(Object.create(null), options);
  const { origin: givenOrigin, pathPrefix: givenPrefix, allowHttp: givenConsent, retries = 1, name, ...others } = own;
  const problems: Problem[] = [];
  const place = placeIn(problems);
  for (const other of Object.keys(others)) place.at(other).refuse('is no option of bearer');
  if (typeof source?.token !== 'function') place.at('source').refuse('must have token()');
  readRetries(retries, place.at('retries'));
  const allowHttp = givenConsent !== undefined && readSwitch(givenConsent, place.at('allowHttp'));
  const pathPrefix = givenPrefix === undefined ? '' : readPathPrefix(givenPrefix, place.at('pathPrefix'));
  const origin = readTokenOrigin(givenOrigin, allowHttp === true, place.at('origin'));
  if (origin === undefined || pathPrefix === undefined || problems.length > 0) throw new ConfigurationError(problems);
  if (isExposed(origin)) {
    warn(`bearer: tokens go over plain http to ${origin} (allowHttp)`);
  }
  const named = { name: name ?? origin, origin, pathPrefix };
  return tieBearer({ name: named.name, source, target: targetRule(named), retries, field: undefined, warn });
}

function warn(message: string): void {
  process.emitWarning(message, { type: 'OAuth2BackendWarning' });
}

const readRetries = wholeNumber(0, 255);

/** A token is a secret like any other: it needs https. */
function readTokenOrigin(value: unknown, allowHttp: boolean, place: Place): string | undefined {
  const origin = value === undefined ? place.refuse('is missing') : readOrigin(value, place);
  if (origin === undefined || allowHttp || !isExposed(origin)) return origin;
  return place.refuse('must be https, or http on loopback only; "allowHttp": true allows it');
}
