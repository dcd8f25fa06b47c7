/** A store on Redis or Valkey for the tokens of a fleet of processes. */

export { type RedisStoreOptions, redisStore } from './redis-store.js';
export type { RedisClient } from './send-command.js';
