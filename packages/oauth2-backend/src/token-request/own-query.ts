/** What a token is asked for with, whoever asks. */

import { memberOf } from '../definitions/own-members.js';
import type { GrantQuery } from './grant-source.js';

/** A question that says nothing. */
export const NO_QUERY: GrantQuery = Object.freeze({
  signal: undefined,
  refused: undefined,
  context: undefined,
  input: undefined,
  gate: undefined,
  demands: undefined,
});

/** What is asked with, all members its own: whoever asks may be the application. */
export function ownQuery(given: GrantQuery | undefined): GrantQuery {
  if (given === undefined) return NO_QUERY;
  return {
    signal: memberOf(given, 'signal'),
    refused: memberOf(given, 'refused'),
    context: memberOf(given, 'context'),
    input: memberOf(given, 'input'),
    gate: memberOf(given, 'gate'),
    demands: memberOf(given, 'demands'),
  };
}
