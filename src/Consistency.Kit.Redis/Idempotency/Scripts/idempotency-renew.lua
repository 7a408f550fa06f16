-- ARGV epoch, lease (ms)
-- returns 1 renewed | 0 another attempt has taken over, or it is answered or forgotten
local found = redis.call('HMGET', KEYS[1], 'epoch', 'answer')
if found[1] ~= ARGV[1] or found[2] then
  return 0
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'lease', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 1
