-- ARGV epoch, answer, retention (ms)
-- returns 1 answered, now or before | 0 another attempt has taken over, or it is forgotten
local found = redis.call('HMGET', KEYS[1], 'epoch', 'answer', 'points')
if found[1] ~= ARGV[1] then
  return 0
end
if not found[2] then
  redis.call('HSET', KEYS[1], 'answer', ARGV[2], 'kept', ARGV[3])
  if found[3] then
    redis.call('HDEL', KEYS[1], 'points')
  end
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 1
