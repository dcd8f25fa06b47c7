/** Tokens that a resource server refuses right after they were issued, one after the other: no renewal will cure that. */

import type { Clock } from '../../clock.js';
import type { AccessToken } from '../../token.js';

/** Milliseconds after its issue during which a refusal is no matter of the token's age. */
const EARLY = 30_000;
/** Milliseconds after which one has nothing to do with the next. */
const APART = 600_000;
/** So many new tokens in a row are no accident. */
const IN_A_ROW = 3;

/** Is told of refusals and of their end. */
export interface EarlyRefusals {
  /** Once for each token. */
  refused(token: AccessToken): void;
  /** A repeat with a new token was answered otherwise. */
  accepted(): void;
}

/** @param report told once, until a token is accepted again */
export function earlyRefusals(clock: Clock, report: (message: string) => void): EarlyRefusals {
  let inARow = 0;
  let last = 0;

  return {
    refused(token) {
      const now = clock.now();
      if (now - token.issuedAt > EARLY) {
        inARow = 0;
        return;
      }
      inARow = now - last > APART ? 1 : inARow + 1;
      last = now;
      if (inARow !== IN_A_ROW) return;
      report(
        `the resource server refused ${IN_A_ROW} tokens in a row right after they were issued: probably they are for another ` +
          'audience (params.resource, params.audience) or scope than it expects, or its clock is off',
      );
    },
    accepted() {
      inARow = 0;
    },
  };
}
