-- ARGV epoch
-- Ends the lease; without points the key is forgotten. Nothing happens when another attempt has taken over or it is answered.
local found = redis.call('HMGET', KEYS[1], 'epoch', 'answer', 'points')
if found[1] ~= ARGV[1] or found[2] then
  return 0
end
if found[3] then
  redis.call('HSET', KEYS[1], 'lease', 0)
else
  redis.call('DEL', KEYS[1])
end
return 1
