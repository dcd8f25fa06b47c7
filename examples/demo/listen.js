/** Starts an HTTP server on a free loopback port. */
import { once } from 'node:events';
import { createServer } from 'node:http';

/** A running server: its `server`, its `origin` and `close()`, which ends it and its connections. */
export async function listen(handler, host = '127.0.0.1') {
  const server = createServer(handler);
  server.listen(0, host);
  await once(server, 'listening');
  return {
    server,
    origin: `http://${host}:${server.address().port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
