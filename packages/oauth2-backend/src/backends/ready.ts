/** Getting tokens ahead of the first request. */

import { sharedSignal } from '../outbound/shared-signal.js';
import type { Upstream } from './upstream.js';

/** Asks every source for a token, side by side. @throws AggregateError that names all that failed; the signal's own reason */
export async function ready(all: readonly Upstream[], signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const results = await Promise.allSettled(all.map((upstream) => getToken(upstream, sharedSignal(signal))));
  signal?.throwIfAborted();
  const failed = results.flatMap((result, index) =>
    result.status === 'rejected' ? [{ name: all[index]?.name, error: result.reason as unknown }] : [],
  );
  if (failed.length === 0) return;
  const reasons = failed.map(
    ({ name, error }) => `"${name}" (${error instanceof Error ? error.message : 'unknown reason'})`,
  );
  throw new AggregateError(
    failed.map(({ error }) => error),
    `no token for ${reasons.join(', ')}`,
  );
}

async function getToken({ bearer, counted }: Upstream, signal: AbortSignal | undefined): Promise<void> {
  if (counted?.kept) await counted.kept.ready(signal);
  else if (!counted && bearer.hasToken) await bearer.token({ signal });
}
