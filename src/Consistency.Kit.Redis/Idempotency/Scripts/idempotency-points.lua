-- ARGV epoch, points
-- returns 1 saved | 0 another attempt has taken over, or it is answered or forgotten
local found = redis.call('HMGET', KEYS[1], 'epoch', 'answer')
if found[1] ~= ARGV[1] or found[2] then
  return 0
end
redis.call('HSET', KEYS[1], 'points', ARGV[2])
return 1
