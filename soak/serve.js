/** Starts an HTTP server on a free loopback port. */
import { createServer } from 'node:http';
import { listen } from 'test-servers/listen';

/** A running server: its `server`, its `origin` and `close()`, which ends it and its connections. */
export async function serve(handler) {
  // A connection that ends by itself just when it is used again would be a lost request of the server's making.
  const server = createServer({ keepAliveTimeout: 0 }, handler);
  return { ...(await listen(server)), server };
}
