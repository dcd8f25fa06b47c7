/** What happened to the tokens of one backend: counted, written to the logger as one line each, published. */

import type { Clock } from '../../clock.js';
import { OAuth2BackendError, TokenRequestError } from '../../errors.js';
import type { KeepEvent } from '../../sources/kept-source.js';
import { publish, type TokenRequestMessage, traceTokenRequest } from './channels.js';
import type { LogFields, Logger } from './logger.js';

/** What happened since the start. */
export interface TokenCounts {
  tokenRequests: number;
  renewals: number;
  refusals: number;
  failures: number;
}

/** One backend's history: what it is told it counts, logs and publishes. */
interface Observation {
  readonly counts: Readonly<TokenCounts>;
  /** Runs one token request. @param work tells the answer's status as soon as there is one */
  tokenRequest<T>(work: (answered: (status: number) => void) => Promise<T>): Promise<T>;
  /** To be called for each event of a kept token. */
  kept(event: KeepEvent): void;
}

/** Whom it concerns, and who wants to hear of it. */
interface ObservationOptions {
  readonly backend: string;
  readonly grantType: string;
  /** Its query stays out of everything that is said. */
  readonly endpoint: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger | undefined;
  /** For what somebody should look at. */
  readonly warn: (message: string, backend: string) => void;
}

export function observation(options: ObservationOptions): Observation {
  const { backend, grantType, clock, logger, warn } = options;
  const counts: TokenCounts = { tokenRequests: 0, renewals: 0, refusals: 0, failures: 0 };
  let warned = false;

  return { counts, tokenRequest, kept };

  function tokenRequest<T>(work: (answered: (status: number) => void) => Promise<T>): Promise<T> {
    counts.tokenRequests += 1;
    return traceTokenRequest(describeRequest, (message) => logged(work, message));
  }

  function kept(event: KeepEvent): void {
    if (event.type === 'renewed') renewed(event);
    else if (event.type === 'failed') failed(event);
    else if (event.type === 'budget') spent(event);
    else refused(event);
  }

  function describeRequest(): TokenRequestMessage {
    if (options.endpoint === undefined) return { backend, grantType };
    const { origin, pathname } = new URL(options.endpoint);
    return { backend, grantType, endpoint: origin + pathname };
  }

  async function logged<T>(
    work: (answered: (status: number) => void) => Promise<T>,
    message: TokenRequestMessage | undefined,
  ): Promise<T> {
    const began = clock.monotonic();
    return work((status) => {
      if (message) message.status = status;
      const took = Math.round(clock.monotonic() - began);
      logger?.debug({ backend, status }, `token endpoint of "${backend}" answered ${status} after ${took} ms`);
    });
  }

  function renewed({ token: { expiresAt }, forced, recovered }: KeepEvent & { type: 'renewed' }): void {
    counts.renewals += 1;
    const line = `token for "${backend}" renewed${recovered ? ' again' : ''}; it ends ${isoTime(expiresAt)}`;
    logger?.[recovered ? 'info' : 'debug']({ backend }, line);
    publish('oauth2-backend:renewal', () => ({ backend, forced, expiresAt }));
  }

  function failed({ error, forced, pause }: KeepEvent & { type: 'failed' }): void {
    counts.failures += 1;
    const reason = error instanceof Error ? oneLine(error.message) : 'unknown reason';
    const after = pause ? `; next attempt after ${isoTime(pause.retryAt)}` : '';
    const fields = { backend, ...codesOf(error), ...(pause && { retryAt: pause.retryAt }) };
    logger?.warn(fields, `token for "${backend}" could not be renewed: ${reason}${after}`);
    publish('oauth2-backend:renewal', () => ({ backend, forced, error }));
    if (!pause?.began) return;
    const { scope, retryAt } = pause;
    publish('oauth2-backend:pause', () => ({ backend, scope, retryAt, error }));
  }

  function refused({ token }: KeepEvent & { type: 'refused' }): void {
    counts.refusals += 1;
    logger?.info({ backend }, `token for "${backend}" was refused by the resource server`);
    publish('oauth2-backend:refusal', () => ({ backend, age: Math.max(0, clock.now() - token.issuedAt) }));
  }

  /** Warns once, however many identities it concerns. */
  function spent({ proven }: KeepEvent & { type: 'budget' }): void {
    publish('oauth2-backend:budget', () => ({ backend }));
    if (warned) logger?.info({ backend }, `backend "${backend}": refusals are passed on without renewals for a while`);
    else warn(`backend "${backend}": ${proven ? REFUSED_AGAIN : NEVER_ACCEPTED}`, backend);
    warned = true;
  }
}

const NEVER_ACCEPTED =
  'the API refuses each new token; its refusals are passed on with few renewals. Probably the tokens are for another ' +
  'audience (params.resource, params.audience) or scope than it expects, or its clock is off';
const REFUSED_AGAIN =
  'the API accepts tokens and refuses them again and again; its refusals are passed on for a while. Probably another ' +
  'process with the same client gets tokens that end ours: let them share tokens (option "store"); or one replica of the ' +
  'API disagrees with the others';

/** The error's code, and the status of the answer that it tells of. */
function codesOf(error: unknown): Pick<LogFields, 'code' | 'status'> {
  if (!(error instanceof OAuth2BackendError)) return {};
  const answer = error instanceof TokenRequestError ? error.response : undefined;
  return { code: error.code, ...(answer && { status: answer.status }) };
}

/** A hint stands on a line of its own in an error. */
function oneLine(message: string): string {
  return message.replaceAll('\n', '; ');
}

/** A date where there is one: the year 275760 is the calendar's end. */
function isoTime(instant: number): string {
  return instant < 8.64e15 ? new Date(instant).toISOString() : 'never';
}
