/** An error of the network, as far as it says why. */

import type { Stage } from './stage.js';

/** What the network said. */
export interface NetworkFailure {
  readonly code: string;
  readonly stage: Stage;
  /** A proxy's answer to CONNECT. */
  readonly proxyStatus?: number | undefined;
  /** The names of the certificate that has not the one asked for, cleaned. */
  readonly names?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
