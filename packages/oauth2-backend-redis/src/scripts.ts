/** What has to happen in one step on the server: Lua for EVAL. Only the holder of a lease may write, lengthen and end. */

/** Sets `holder`; a value that cannot be a fence is nobody's, and is not read. */
const HOLDER = `
local length = redis.pcall('STRLEN', KEYS[1])
local holder = type(length) == 'number' and length > 0 and length <= 64 and redis.call('GET', KEYS[1])`;

/**
 * KEYS: lease. ARGV: fence, ttl, longest ttl. Gives the holder. What is no lease, or one that lasts longer than any that is
 * asked for, is nobody's.
 */
export const LEASE = `${HOLDER}
if holder and holder ~= ARGV[1] then
  local left = redis.call('PTTL', KEYS[1])
  if left >= 0 and left <= math.max(tonumber(ARGV[2]), tonumber(ARGV[3])) then return holder end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`;

/** KEYS: lease, record. ARGV: fence, ttl, record. Gives 1 when it was written, else 0. */
export const SET = `${HOLDER}
if holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[2])
return 1`;

/** KEYS: lease. ARGV: fence. */
export const RELEASE = `${HOLDER}
if holder == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`;
