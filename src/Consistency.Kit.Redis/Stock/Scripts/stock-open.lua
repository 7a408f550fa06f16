-- ARGV    'open' or 'close'
-- returns 1 done | 0 the sale is unknown and stays so, or has to be rebuilt
local id, reason = current()
if not id then
  if reason == 1 and ARGV[1] == 'open' then
    redis.call('HSET', KEYS[1], 'id', '1', 'epoch', present(), 'open', '1')
    return 1
  end
  return 0
end
redis.call('HSET', KEYS[1], 'open', ARGV[1] == 'open' and '1' or '0')
return 1
