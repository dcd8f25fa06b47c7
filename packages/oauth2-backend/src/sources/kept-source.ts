/** What keeping a token needs, says and gives. */

import type { Clock } from '../clock.js';
import type { AccessToken, TokenSource } from '../token.js';
import type { GrantQuery } from '../token-request/grant-source.js';
import type { RenewBefore } from './lifetime.js';
import type { Asking } from './own-error.js';
import type { Failure } from './pause.js';
import type { StartedPause } from './pauses.js';
import type { Renewals } from './renewals.js';
import type { SharedPause } from './shared-pause.js';
import type { YoungTokenWaits } from './young-token-waits.js';

/** How a token is kept. */
export interface KeepOptions extends Asking {
  readonly clock: Clock;
  readonly renewBefore: RenewBefore;
  /** Milliseconds for a renewal as a whole. */
  readonly deadline: number;
  /** Whether nobody has verified whose token it is. */
  readonly stranger?: boolean | undefined;
  /** Where calls wait for the API to learn of a token; default its own. */
  readonly waits?: YoungTokenWaits | undefined;
  /** The pause of the token backend, where others ask through it too. */
  readonly shared?: SharedPause | undefined;
  /** Told of each renewal that ended, of each token that was refused, and of the budget's end. */
  readonly onEvent?: ((event: KeepEvent) => void) | undefined;
}

/** What happens to a kept token. */
export type KeepEvent =
  | {
      readonly type: 'renewed';
      readonly token: AccessToken;
      readonly forced: boolean;
      /** Whether the one before it failed. */
      readonly recovered: boolean;
      /** The same for all events of one identity. */
      readonly identity: object;
    }
  | {
      readonly type: 'failed';
      readonly error: unknown;
      readonly forced: boolean;
      readonly identity: object;
      /** Whether it is verified, or has ever had a token: no stranger. */
      readonly known: boolean;
      /** Absent when nobody need wait. */
      readonly pause: StartedPause | undefined;
    }
  | { readonly type: 'refused'; readonly token: AccessToken }
  | {
      readonly type: 'budget';
      /** Whether the API has ever accepted a token of this identity. */
      readonly proven: boolean;
    };

/** A token source that keeps what it got. */
export interface KeptSource extends TokenSource {
  token(query?: GrantQuery): Promise<AccessToken>;
  current(): AccessToken | undefined;
  /** Like `token()`, but asks even while a pause is on. */
  ready(signal: AbortSignal | undefined): Promise<AccessToken>;
  /** What is kept, in one word, and the last failure. */
  state(): {
    state: 'none' | 'fresh' | 'renewing' | 'expired' | 'failing';
    expiresAt?: number;
    last: Failure | undefined;
  };
  readonly renewals: Pick<Renewals, 'renewing' | 'wouldAsk' | 'abandon'>;
  /** Ends a renewal under way and refuses to start another. */
  close(): void;
}
