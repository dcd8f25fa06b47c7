/** Two connections joined byte for byte, each as fast as the other is read. */

import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Both stay open when one side has ended, but not for ever: milliseconds in which nothing more comes. */
const LINGER = 30_000;

/** What the two ends are sent first. */
export interface TunnelEnd {
  readonly stream: Duplex;
  readonly first: readonly (Buffer | string)[];
}

/**
 * Joins them until both are closed.
 *
 * @param over called once then
 * @returns closes both at once
 */
export function joinTunnel(client: TunnelEnd, backend: TunnelEnd, over: () => void): () => void {
  const ends = [client.stream, backend.stream] as const;
  let open = ends.length;
  let linger: NodeJS.Timeout | undefined;
  const destroy = () => {
    for (const end of ends) end.destroy();
  };
  for (const { stream, first } of [client, backend]) {
    // It is told by `close`.
    stream.on('error', () => undefined);
    keepUp(stream);
    for (const bytes of first) stream.write(bytes, 'latin1');
  }
  follow(client.stream, backend.stream);
  follow(backend.stream, client.stream);
  if (ends.some(({ destroyed }) => destroyed)) destroy();
  return destroy;

  function follow(from: Duplex, to: Duplex): void {
    from.pipe(to);
    from.once('end', () => {
      linger ??= setTimeout(destroy, LINGER).unref();
      to.on('data', refresh);
    });
    from.once('close', () => {
      from.off('data', refresh);
      // What had come before its end is written still; what broke off is over.
      if (!from.readableEnded) to.destroy();
      // There is nobody who would read it.
      to.off('data', refresh).unpipe(from).resume();
      open -= 1;
      if (open > 0) return;
      clearTimeout(linger);
      over();
    });
  }

  function refresh(): void {
    linger?.refresh();
  }
}

/** Messages at once, whatever their size; peers that are gone without a word are noticed in the end. */
function keepUp(stream: Duplex): void {
  if (!(stream instanceof Socket)) return;
  stream.setTimeout(0).setNoDelay(true).setKeepAlive(true, 60_000);
}
