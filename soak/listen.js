/** Starts an HTTP server on a free loopback port. */
import { once } from 'node:events';
import { createServer } from 'node:http';

/** A running server: its `server`, its `origin` and `close()`, which ends it and its connections. */
export async function listen(handler) {
  const server = createServer(handler);
  // A connection that ends by itself just when it is used again would be a lost request of the server's making.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    origin: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
