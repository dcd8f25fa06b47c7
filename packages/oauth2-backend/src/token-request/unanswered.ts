/** The error for a token request that no answer came to. */

import { memberOf, ownMembers } from '../definitions/own-members.js';
import { TokenRequestError, TokenTimeoutError } from '../errors.js';
import type { AskedWords } from './reasons/asked.js';
import { errorLine } from './reasons/shown.js';
import { lateReason, type Stage } from './reasons/stage.js';
import { transportReason } from './reasons/transport-reasons.js';
import type { Cleaner } from './untrusted-text.js';

interface UnansweredOptions {
  /** Name of the backend. */
  readonly backend: string;
  readonly asked: AskedWords;
  /** Where it failed. */
  readonly stage: Stage;
  readonly clean: Cleaner;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Says what the network said, by its code, and what to look at. */
export function unanswered(error: unknown, options: UnansweredOptions): TokenRequestError | TokenTimeoutError {
  const { backend, asked, stage, clean, now } = options;
  const { authority, client, via } = asked;
  if (isTimeout(error)) {
    const head = `${authority} gave ${client}${via} no token in time`;
    return new TokenTimeoutError(errorLine(head, lateReason(stage, asked)), { cause: error, backend });
  }
  const { name, code, message, proxyStatus, cert } = partsOf(error);
  const known = typeof code === 'string' && CODE.test(code) ? code : undefined;
  // undici's parser has not always one.
  const parsed = name === 'HTTPParserError' ? 'HPE_' : '';
  const failure = {
    code: known ?? parsed,
    stage,
    proxyStatus: numberOf(proxyStatus),
    names: namesOf(cert, clean),
    now,
  };
  const head = `${authority} could not be reached for ${client}${via}`;
  // Messages of the network differ between versions.
  const said = known ?? clean(message) ?? 'unknown reason';
  return new TokenRequestError(errorLine(`${head}: ${said}`, transportReason(failure, asked)), {
    backend,
    cause: error,
  });
}

const CODE = /^[\w/.-]{1,60}$/;
const MAX_NAMES = 150;

function isTimeout(error: unknown): boolean {
  const { name, code } = partsOf(error);
  return name === 'TimeoutError' || (typeof code === 'string' && /TIMED?_?OUT/.test(code));
}

interface ErrorParts {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly proxyStatus?: unknown;
  readonly cert?: unknown;
}

/** Read without `instanceof`: errors of Node's own modules belong to another realm under some test runners. */
function partsOf(error: unknown): ErrorParts {
  if (typeof error !== 'object' || error === null) return ownMembers({});
  const { name, message } = error as { name?: unknown; message?: unknown };
  const given = error as ErrorParts;
  const [code, proxyStatus, cert] = (['code', 'proxyStatus', 'cert'] as const).map((each) => memberOf(given, each));
  return { name, message, code, proxyStatus, cert };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** `DNS:a.example, IP Address:10.0.0.1`, as the server says it. */
function namesOf(certificate: unknown, clean: Cleaner): string | undefined {
  if (typeof certificate !== 'object' || certificate === null) return undefined;
  const { subjectaltname } = ownMembers(certificate) as { subjectaltname?: unknown };
  return clean(subjectaltname, MAX_NAMES);
}
