/** Connections that have more of a request to send when its answer has come: whatever came next would stand behind that. */

import type { Socket } from 'node:net';
import type { buildConnector, Client, Dispatcher } from 'undici';
import { TracedClient } from './traced-connections.js';

/** Ends such a connection when it would be used again: a server that has answered early may read no more of it. */
export class SendingClient extends TracedClient {
  readonly #connection: Connection;

  constructor(origin: URL, options: Client.Options & { connect: buildConnector.connector }) {
    const connection: Connection = { socket: undefined };
    super(origin, { ...options, connect: noting(options.connect, connection) });
    this.#connection = connection;
  }

  override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { socket } = this.#connection;
    if (socket && socket.writableLength > 0 && this.stats.running === 0) socket.destroy();
    return super.dispatch(request, handler);
  }
}

/** A client has one at a time. */
interface Connection {
  socket: Socket | undefined;
}

function noting(connect: buildConnector.connector, connection: Connection): buildConnector.connector {
  return (target, callback) =>
    connect(target, (error: Error | null, socket: Socket | null) => {
      connection.socket = socket ?? undefined;
      (callback as (error: Error | null, socket: Socket | null) => void)(error, socket);
    });
}
