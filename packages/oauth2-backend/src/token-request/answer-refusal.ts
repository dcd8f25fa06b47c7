/** A token endpoint's refusal (RFC 6749 §5.2). */

import { type TokenErrorResponse, TokenRequestError } from '../errors.js';
import { memberOf } from './bounded-json.js';
import { OAUTH_ERRORS } from './oauth-errors.js';
import { answerReason } from './reasons/answer-reasons.js';
import type { AskedWords } from './reasons/asked.js';
import { concernsAssertion, hasReasons, refusalReasons } from './reasons/refusal-reasons.js';
import { saidIn } from './reasons/said.js';
import type { Sent } from './reasons/sent.js';
import { errorLine } from './reasons/shown.js';
import { type Cleaner, LEFT_OUT, untrustedText } from './untrusted-text.js';

/** What an answer that brings no token is told with. */
export interface RefusalOptions {
  /** Name of the backend. */
  readonly backend: string;
  readonly asked: AskedWords;
  readonly sent: Sent;
  /** What was sent and must not come back in an error. */
  readonly secrets: readonly string[];
  /** Milliseconds for which the server wants to be left alone. */
  readonly retryAfter?: number | undefined;
  /** The words for a clock that is off. */
  readonly clockReason: () => string | undefined;
}

/** Whether an answer has a non-empty `error`, whatever its status. */
export function isErrorAnswer(body: object): boolean {
  const error = memberOf(body, 'error');
  return error !== undefined && error !== null && error !== '';
}

/** The error for such an answer: it keeps what the server said, without control characters, cut, and without what was sent. */
export function answerRefusal(status: number, body: object, options: RefusalOptions): TokenRequestError {
  const { asked, sent, backend, retryAfter } = options;
  const clean = cleanerOf(body, options);
  const code = memberOf(body, 'error');
  const error = OAUTH_ERRORS.has(code) ? (code as string) : clean(code);
  const said = saidIn(body, clean);
  const head = `${asked.host} refused ${asked.client}${asked.via}: ${labelOf(code, error ?? said.code)} (${status})`;
  const known = OAUTH_ERRORS.has(code) || hasReasons(code);
  const reasons = known
    ? refusalReasons(code, said.text, sent)
    : [status < 400 ? undefined : answerReason({ status, text: '', said: said.text }, asked, sent)];
  const clock = sent.assertion && concernsAssertion(code) ? options.clockReason() : undefined;
  return new TokenRequestError(errorLine(head, quoted(said.text), ...reasons, clock), {
    backend,
    response: {
      status,
      error,
      errorDescription: clean(memberOf(body, 'error_description'), MAX_DESCRIPTION),
      errorUri: clean(memberOf(body, 'error_uri')),
      ...wanted(body, clean),
    },
    retryAfter,
  });
}

/** As the server's words stand in a message. */
export function quoted(said: string | undefined): string | undefined {
  return said === undefined || said.startsWith(LEFT_OUT) ? said : `"${said}"`;
}

function labelOf(code: unknown, name: string | undefined): string {
  if (name === undefined) return 'an error without a code';
  return typeof code === 'string' ? name : `error ${name}`;
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
const MAX_DESCRIPTION = 300;

/** What the answer itself issued is no text for errors either. */
export function cleanerOf(body: object, { secrets }: Pick<RefusalOptions, 'secrets'>): Cleaner {
  const issued = ['access_token', 'refresh_token', 'id_token'].map((name) => memberOf(body, name));
  return untrustedText([...secrets, ...issued.filter((value) => typeof value === 'string')]);
}
