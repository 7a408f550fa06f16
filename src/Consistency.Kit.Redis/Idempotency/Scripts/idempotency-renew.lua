-- ARGV epoch, lease (ms)
-- returns 1 renewed | 0 another attempt has taken over, or it is answered or forgotten
local found = redis.call('HMGET', KEYS[1], 'epoch', 'answer', 'kept')
if found[1] ~= ARGV[1] or found[2] then
  return 0
end
local ttl = redis.call('PTTL', KEYS[1])
if ttl < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'lease', ARGV[2], 'kept', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
else
  redis.call('HSET', KEYS[1], 'lease', found[3] - ttl + ARGV[2])
end
return 1
