-- KEYS[1] a hash for one request: fingerprint, epoch, kept (for how long it was last given to live, ms), lease (ends so long after that, ms),
--         points, answer
-- ARGV    fingerprint, lease (ms), retention (ms), first epoch
-- returns {1} started | {1, epoch, points} taken over | {2, answer, when (ms)} replayed | {3, ms left} in progress | {4} mismatched
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'epoch', ARGV[4], 'lease', ARGV[2], 'kept', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {1}
end
local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'kept', 'lease', 'points', 'answer')
if found[1] ~= ARGV[1] then
  return {4}
end
local passed = found[2] - redis.call('PTTL', KEYS[1])
if found[5] then
  local time = redis.call('TIME')
  return {2, found[5], time[1] * 1000 + math.floor(time[2] / 1000) - passed}
end
local left = found[3] - passed
if left > 0 then
  return {3, left}
end
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'lease', ARGV[2], 'kept', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
-- read as text: a number of Lua's has not enough digits
return {1, redis.call('HGET', KEYS[1], 'epoch'), found[4] or ''}
