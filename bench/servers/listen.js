/** A server on a free loopback port. */
import { once } from 'node:events';

/** Listens, and gives the origin. */
export async function listen(server) {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}
