/** A tunnel that can be written to before it is open. */

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ResolvedProxy } from '../definitions/resolved.js';
import { openTunnel, type TunnelEnd } from './proxy.js';

/** Opens a tunnel and gives its stream at once; that no tunnel comes about is the stream's error. */
export function tunnelStream(proxy: ResolvedProxy, end: TunnelEnd): Duplex {
  const controller = new AbortController();
  let tunnel: Socket | undefined;
  let early: ((socket: Socket) => void) | undefined;

  // Not opened in `construct`: `destroy` would wait for the proxy.
  const stream: Duplex = new Duplex({
    read: () => void tunnel?.resume(),
    write(chunk, _, written) {
      if (tunnel) tunnel.write(chunk, written);
      else early = (socket) => void socket.write(chunk, written);
    },
    final(ended) {
      if (tunnel) tunnel.end(ended);
      else ended();
    },
    destroy(error, destroyed) {
      controller.abort();
      tunnel?.destroy();
      destroyed(error);
    },
  });
  openTunnel(proxy, end, controller.signal, (error, socket) => {
    if (!socket || stream.destroyed) {
      socket?.destroy();
      stream.destroy(error ?? undefined);
      return;
    }
    tunnel = socket;
    socket.on('data', (chunk) => void (stream.push(chunk) || socket.pause()));
    socket.once('end', () => stream.push(null));
    socket.once('error', (failure) => stream.destroy(failure));
    socket.once('close', () => stream.destroy());
    early?.(socket);
  });
  return stream;
}
