/** What happened to the tokens of one backend: counted, written to the logger as one line each, published. */

import { publish, type TokenRequestMessage, traceTokenRequest } from './channels.js';
import type { Clock } from './clock.js';
import type { Logger } from './logger.js';
import { type EarlyRefusals, earlyRefusals } from './sources/early-refusals.js';
import type { KeepEvent } from './sources/kept-source.js';

/** What happened since the start. */
export interface TokenCounts {
  tokenRequests: number;
  renewals: number;
  refusals: number;
  failures: number;
}

/** Hears what happens. */
export interface Observation {
  readonly counts: Readonly<TokenCounts>;
  /** Runs one token request. @param work tells the answer's status as soon as there is one */
  tokenRequest<T>(work: (answered: (status: number) => void) => Promise<T>): Promise<T>;
  kept(event: KeepEvent): void;
}

/** Whom it concerns, and who wants to hear of it. */
export interface ObservationOptions {
  readonly backend: string;
  readonly grantType: string;
  /** Its query stays out of everything that is said. */
  readonly endpoint: string;
  readonly clock: Clock;
  readonly logger: Logger | undefined;
  /** For what somebody should look at. */
  readonly warn: (message: string, backend: string) => void;
}

/** Nothing has happened yet. */
export function observation(options: ObservationOptions): Observation {
  const { backend, grantType, clock, logger, warn } = options;
  const counts: TokenCounts = { tokenRequests: 0, renewals: 0, refusals: 0, failures: 0 };
  const early: EarlyRefusals = earlyRefusals(clock, (message) => warn(`backend "${backend}": ${message}`, backend));

  return {
    counts,
    tokenRequest(work) {
      counts.tokenRequests += 1;
      return traceTokenRequest(describeRequest, (message) => logged(work, message));
    },
    kept(event) {
      switch (event.type) {
        case 'renewed':
          return renewed(event);
        case 'failed':
          return failed(event);
        case 'refused':
          return refused(event);
        case 'accepted':
          return early.accepted();
        case 'budget':
          return spent();
      }
    },
  };

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
    if (pause) publish('oauth2-backend:pause', () => ({ backend, ...pause, error }));
  }

  function refused({ token }: KeepEvent & { type: 'refused' }): void {
    counts.refusals += 1;
    logger?.info(`token for "${backend}" was refused by the resource server`);
    publish('oauth2-backend:refusal', () => ({ backend, age: Math.max(0, clock.now() - token.issuedAt) }));
    early.refused(token);
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
