/** What a caller may do while a pause is on: look for a token that other processes have got, or ask with another assertion. */

import type { Clock } from '../clock.js';
import { NoTokenError } from '../errors.js';
import type { GrantInput, GrantQuery, GrantSource } from '../token-request/grant-source.js';
import { concernsClient, failureKind } from './failure.js';
import { readClock } from './lifetime.js';
import type { Pauses } from './pauses.js';
import type { Renewed } from './quick-attempts.js';
import { inTime } from './waiting.js';

/** Milliseconds between two looks. */
const DISTANCE = 500;

type Query = Pick<GrantQuery, 'refused' | 'input' | 'demands'>;

/** Looks once however many callers wait; gives nothing when somebody has just looked. */
export type FindToken = (query: Query) => Promise<void> | undefined;

/** Ends the identity's pause when a token is found. @param options.onFound told before those who wait */
export function tokenFinder(
  find: NonNullable<GrantSource['found']>,
  { clock, pauses, onFound }: { clock: Clock; pauses: Pauses; onFound: (found: Renewed, recovered: boolean) => void },
): FindToken {
  let looking: Promise<void> | undefined;
  let next = Number.NEGATIVE_INFINITY;

  return (query) => {
    if (!looking && clock.monotonic() < next) return undefined;
    looking ??= look(query);
    return looking;
  };

  async function look(query: Query): Promise<void> {
    const asked = readClock(clock);
    next = asked.monotonic + DISTANCE;
    try {
      const token = await find(query);
      if (!token) return;
      const recovered = pauses.succeeded({ began: clock.monotonic(), request: 'unsent' });
      onFound({ token, asked, cut: token.expiresAt === query.input?.expiresAt }, recovered);
    } finally {
      looking = undefined;
    }
  }
}

/**
 * Gives the input of this caller, when it is worth asking with after that failure. Never rejects.
 *
 * @param options.make evaluates the caller's context; gives nothing where nothing depends on it
 * @param options.deadline milliseconds for that
 * @param options.refused digest of the input that was refused
 */
export async function anotherInput(
  error: unknown,
  options: {
    make: () => Promise<GrantInput> | undefined;
    name: string;
    deadline: number;
    refused: string | undefined;
  },
): Promise<GrantInput | undefined> {
  if (!failureKind(error).refusal || concernsClient(error)) return undefined;
  const asked = options.make();
  if (!asked) return undefined;
  const { name, deadline, refused } = options;
  const late = () =>
    new NoTokenError(`no assertion for "${name}" within ${deadline} ms`, { backend: name, statusCode: 502 });
  const input = await inTime(asked, { deadline, late }).catch(() => undefined);
  return input && input.digest !== refused ? input : undefined;
}
