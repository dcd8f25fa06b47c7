/** A token endpoint's refusal (RFC 6749 §5.2). */

import { type TokenErrorResponse, TokenRequestError } from '../errors.js';
import { memberOf } from './bounded-json.js';
import { OAUTH_ERRORS } from './oauth-errors.js';
import { type Cleaner, LEFT_OUT, untrustedText } from './untrusted-text.js';

/** What a refusal is told with. */
export interface RefusalOptions {
  /** Name of the backend, for messages. */
  readonly backend: string;
  /** What was sent and must not come back in an error. */
  readonly secrets: readonly string[];
  /** What may be the matter, by error code. */
  readonly hints?: ReadonlyMap<string, string> | undefined;
  /** Milliseconds for which the server wants to be left alone. */
  readonly retryAfter?: number | undefined;
}

/** Whether an answer has a non-empty `error`, whatever its status. */
export function isErrorAnswer(body: object): boolean {
  const error = memberOf(body, 'error');
  return error !== undefined && error !== null && error !== '';
}

/** The error for such an answer: it keeps what the server said, without control characters, cut, and without what was sent. */
export function answerRefusal(status: number, body: object, options: RefusalOptions): TokenRequestError {
  const clean = cleanerOf(body, options);
  const code = memberOf(body, 'error');
  const error = OAUTH_ERRORS.has(code) ? (code as string) : clean(code);
  const label = error ?? 'an error without a code';
  const hint = options.hints?.get(label);
  const message = `token endpoint of "${options.backend}" refused the request: ${label} (${status})`;
  return new TokenRequestError(hint === undefined ? message : `${message}\n${hint}`, {
    backend: options.backend,
    response: {
      status,
      error,
      errorDescription: clean(memberOf(body, 'error_description')),
      errorUri: clean(memberOf(body, 'error_uri')),
      ...wanted(body, clean),
    },
    retryAfter: options.retryAfter,
  });
}

/** What some servers say beside the RFC's members: what they want of the user, and why. */
function wanted(body: object, clean: Cleaner): Pick<TokenErrorResponse, 'claims' | 'suberror'> {
  const [given, suberror] = [memberOf(body, 'claims'), clean(memberOf(body, 'suberror'), MAX_SUBERROR)];
  const text = typeof given === 'object' && given !== null ? JSON.stringify(given) : given;
  // Half of it would be no JSON, and neither are words for what was left out.
  const claims = typeof text === 'string' && text.length <= MAX_CLAIMS ? clean(text, MAX_CLAIMS) : undefined;
  return {
    ...(claims !== undefined && !claims.startsWith(LEFT_OUT) && { claims }),
    ...(suberror !== undefined && { suberror }),
  };
}

const MAX_CLAIMS = 8 * 1024;
const MAX_SUBERROR = 300;

/** What the answer itself issued is no text for errors either. */
export function cleanerOf(body: object, { secrets }: Pick<RefusalOptions, 'secrets'>): Cleaner {
  const issued = ['access_token', 'refresh_token', 'id_token'].map((name) => memberOf(body, name));
  return untrustedText([...secrets, ...issued.filter((value) => typeof value === 'string')]);
}
