/** What happened to the tokens of one backend: counted, written to the logger as one line each, published. */

import type { Clock } from '../../clock.js';
import type { KeepEvent } from '../../sources/kept-source.js';
import { publish, type TokenRequestMessage, traceTokenRequest } from './channels.js';
import { type EarlyRefusals, earlyRefusals } from './early-refusals.js';
import type { Logger } from './logger.js';

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
  /** To be called for each event of a kept token. @param keeper whose token it is: refusals are counted for each */
  kept(event: KeepEvent, keeper: object): void;
}

/** Whom it concerns, and who wants to hear of it. */
interface ObservationOptions {
  readonly backend: string;
  readonly grantType: string;
  /** Its query stays out of everything that is said. */
  readonly endpoint: string;
  readonly clock: Clock;
  readonly logger: Logger | undefined;
  /** For what somebody should look at. */
  readonly warn: (message: string, backend: string) => void;
}

/** Starts to count. */
export function observation(options: ObservationOptions): Observation {
  const { backend, grantType, clock, logger, warn } = options;
  const counts: TokenCounts = { tokenRequests: 0, renewals: 0, refusals: 0, failures: 0 };
  /** By keeper: each identity that was refused has a row of its own. */
  const early = new WeakMap<object, EarlyRefusals>();
  let reported = false;

  return { counts, tokenRequest, kept };

  function tokenRequest<T>(work: (answered: (status: number) => void) => Promise<T>): Promise<T> {
    counts.tokenRequests += 1;
    return traceTokenRequest(describeRequest, (message) => logged(work, message));
  }

  function kept(event: KeepEvent, keeper: object): void {
    if (event.type === 'renewed') renewed(event);
    else if (event.type === 'failed') failed(event);
    else if (event.type === 'budget') spent();
    else if (event.type === 'refused') {
      refused(event);
      earlyOf(keeper).refused(event.token);
    } else {
      reported = false;
      early.get(keeper)?.accepted();
    }
  }

  function earlyOf(keeper: object): EarlyRefusals {
    const known = early.get(keeper) ?? earlyRefusals(clock, report);
    early.set(keeper, known);
    return known;
  }

  /** Once, however many identities it concerns. */
  function report(message: string): void {
    if (!reported) warn(`backend "${backend}": ${message}`, backend);
    reported = true;
  }

  function describeRequest(): TokenRequestMessage {
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
      logger?.debug(`token endpoint of "${backend}" answered ${status} after ${took} ms`);
    });
  }

  function renewed({ token: { expiresAt }, forced }: KeepEvent & { type: 'renewed' }): void {
    counts.renewals += 1;
    logger?.debug(`token for "${backend}" renewed; it ends ${isoTime(expiresAt)}`);
    publish('oauth2-backend:renewal', () => ({ backend, forced, expiresAt }));
  }

  function failed({ error, forced, pause }: KeepEvent & { type: 'failed' }): void {
    counts.failures += 1;
    const reason = error instanceof Error ? oneLine(error.message) : 'unknown reason';
    const after = pause ? `; next attempt after ${isoTime(pause.retryAt)}` : '';
    logger?.warn(`token for "${backend}" could not be renewed: ${reason}${after}`);
    publish('oauth2-backend:renewal', () => ({ backend, forced, error }));
    if (!pause?.began) return;
    const { scope, retryAt } = pause;
    publish('oauth2-backend:pause', () => ({ backend, scope, retryAt, error }));
  }

  function refused({ token }: KeepEvent & { type: 'refused' }): void {
    counts.refusals += 1;
    logger?.info(`token for "${backend}" was refused by the resource server`);
    publish('oauth2-backend:refusal', () => ({ backend, age: Math.max(0, clock.now() - token.issuedAt) }));
  }

  function spent(): void {
    logger?.warn(
      `backend "${backend}" answers 401 to new tokens too; its 401s are passed on without renewals for a while`,
    );
    publish('oauth2-backend:budget', () => ({ backend }));
  }
}

/** A hint stands on a line of its own in an error. */
function oneLine(message: string): string {
  return message.replaceAll('\n', '; ');
}

/** A date where there is one: the year 275760 is the calendar's end. */
function isoTime(instant: number): string {
  return instant < 8.64e15 ? new Date(instant).toISOString() : 'never';
}
