/** What makes a process one of a fleet. */
import { createClient } from '@redis/client';
import { redisStore } from 'oauth2-backend-redis';

/** The store on the Redis of `{ port, storeSecret }`, connected; `undefined` for a process that shares nothing. */
export async function sharedStore(redis) {
  if (redis === undefined) return undefined;
  const { port, storeSecret } = redis;
  return redisStore(await connectRedis(port), { storeSecret });
}

/** A client of its own for the Redis on this port. */
export function connectRedis(port) {
  return createClient({ socket: { host: '127.0.0.1', port } })
    .on('error', console.error)
    .connect();
}
