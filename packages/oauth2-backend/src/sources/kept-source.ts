/** What keeping a token needs, says and gives. */

import type { Clock } from '../clock.js';
import type { GrantQuery } from '../grant-input.js';
import type { AccessToken, TokenSource } from '../token.js';
import type { RenewBefore } from './lifetime.js';
import type { Pause } from './pause.js';

/** How a token is kept. */
export interface KeepOptions {
  /** Name of the backend, for messages. */
  readonly name: string;
  readonly clock: Clock;
  readonly renewBefore: RenewBefore;
  /** Milliseconds for a renewal as a whole. */
  readonly deadline: number;
  /** Told of each renewal that ended, and of each token that was refused. */
  readonly onEvent?: ((event: KeepEvent) => void) | undefined;
}

/** What happens to a kept token. */
export type KeepEvent =
  | { readonly type: 'renewed'; readonly token: AccessToken }
  | { readonly type: 'failed'; readonly error: unknown; readonly retryAt: number }
  | { readonly type: 'refused' };

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
    last: ReturnType<Pause['last']>;
  };
  /** Ends a renewal under way and refuses to start another. */
  close(): void;
}
