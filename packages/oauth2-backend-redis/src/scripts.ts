/** What has to happen in one step on the server: Lua for EVAL. Only the holder of a lease may write, lengthen and end. */

/** KEYS: lease. ARGV: fence, ttl. Gives the holder. What is no lease, or one without an end, is nobody's. */
export const LEASE = `
local holder = redis.pcall('GET', KEYS[1])
if type(holder) == 'string' and holder ~= ARGV[1] and redis.call('PTTL', KEYS[1]) >= 0 then return holder end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`;

/** KEYS: lease, record. ARGV: fence, ttl, record. Gives 1 when it was written, else 0. */
export const SET = `
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[2])
return 1`;

/** KEYS: lease. ARGV: fence. */
export const RELEASE = `
if redis.pcall('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`;
