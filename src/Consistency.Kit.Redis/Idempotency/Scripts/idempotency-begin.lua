-- KEYS[1] a hash for one request: fingerprint, epoch, lease (end, ms), points, answer, completed (ms)
-- ARGV    fingerprint, lease (ms), retention (ms), first epoch
-- returns {1, epoch, points} started | {2, answer, completed} replayed | {3, ms left} in progress | {4} mismatched
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'epoch', ARGV[4], 'lease', now + ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {1, ARGV[4], ''}
end
local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'lease', 'points', 'answer', 'completed')
if found[1] ~= ARGV[1] then
  return {4}
end
if found[4] then
  return {2, found[4], found[5]}
end
local left = found[2] - now
if left > 0 then
  return {3, left}
end
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'lease', now + ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
-- read as text: a number of Lua's has not enough digits
return {1, redis.call('HGET', KEYS[1], 'epoch'), found[3] or ''}
