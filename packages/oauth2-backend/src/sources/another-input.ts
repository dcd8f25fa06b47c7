/** A remembered refusal belongs to the assertion that was refused: another one may be asked with. */

import { NoTokenError } from '../errors.js';
import type { GrantInput } from '../token-request/grant-source.js';
import { concernsClient, failureKind } from './failure.js';
import { inTime } from './flight.js';

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
  const late = () => new NoTokenError(`no assertion for "${name}" within ${deadline} ms`, { statusCode: 502 });
  const input = await inTime(asked, { deadline, late }).catch(() => undefined);
  return input && input.digest !== refused ? input : undefined;
}
