/** What happens to a store: one line each for the log, published. Never a key, a record or a token. */

import type { Clock } from '../../clock.js';
import type { StoreEvent } from '../../sharing/guarded-store.js';
import { publish } from './channels.js';
import type { Logger } from './logger.js';

/** A wrong record is one of many, often: each reason is told so often at the most, in milliseconds. */
const DISTANCE = 60_000;

const REASONS = {
  unreadable: 'was not sealed with our secret for its key',
  oversized: 'was over 64 KiB',
  malformed: 'was no token of this version',
  replayed: 'was older than one seen before',
};

/** Gives what writes a store's events to log and channels. @param options.warn for what somebody should look at */
export function storeObservation(options: {
  clock: Clock;
  logger: Logger | undefined;
  warn: (message: string) => void;
}): (event: StoreEvent) => void {
  const { clock, logger, warn } = options;
  const told = new Map<string, number>();

  return function hear(event) {
    switch (event.type) {
      case 'up':
        logger?.info({}, 'the token store works again');
        return publish('oauth2-backend:store', () => ({ state: 'up' }));
      case 'down':
        return failed(reasonOf(event.error));
      case 'record':
        return refused(event.reason);
    }
  };

  function failed(reason: string): void {
    logger?.warn({}, `the token store failed: ${reason}; going on without it`);
    publish('oauth2-backend:store', () => ({ state: 'down', reason }));
  }

  function refused(reason: keyof typeof REASONS): void {
    const now = clock.monotonic();
    if (now - (told.get(reason) ?? Number.NEGATIVE_INFINITY) < DISTANCE) return;
    told.set(reason, now);
    warn(`a record in the token store ${REASONS[reason]}; it counts as absent and is replaced`);
    publish('oauth2-backend:store', () => ({ state: 'record', reason }));
  }
}

const MAX_REASON = 100;
const UNKNOWN = 'unknown reason';

/** A code where there is one, else the beginning: servers repeat what they were sent, and clients keep it on the error. */
function reasonOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return UNKNOWN;
    const { code, message } = error as { code?: unknown; message: unknown };
    const reason = [code, message].find((each) => typeof each === 'string' && each !== '');
    return typeof reason === 'string' ? line(reason) : UNKNOWN;
  } catch {
    // Anything may be thrown, with members that throw themselves.
    return UNKNOWN;
  }
}

/** The first line's beginning, without what a terminal would take for a command. */
function line(text: string): string {
  const [first = ''] = text.slice(0, 4 * MAX_REASON).split('\n');
  return first.replaceAll(/\p{C}/gu, ' ').slice(0, MAX_REASON).trim() || UNKNOWN;
}
