-- KEYS[1] a hash for one request: fingerprint, epoch, lease (end, ms), points, answer, completed (ms)
-- ARGV    fingerprint, lease (ms), retention (ms)
-- returns {1, epoch, points} started | {2, answer, completed} replayed | {3, ms left} in progress | {4} mismatched
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'epoch', 'lease', 'points', 'answer', 'completed')
if not found[2] then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'epoch', 1, 'lease', now + ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {1, 1, ''}
end
if found[1] ~= ARGV[1] then
  return {4}
end
if found[5] then
  return {2, found[5], found[6]}
end
local left = found[3] - now
if left > 0 then
  return {3, left}
end
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'lease', now + ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {1, epoch, found[4] or ''}
