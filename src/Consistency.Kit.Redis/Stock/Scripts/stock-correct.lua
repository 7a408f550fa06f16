-- ARGV    sku, prefix of the keys of orders, initial and sold as they were seen, initial and sold as they should be
-- returns 1 done | 0 it has moved since, or the sale cannot be trusted
local id = current()
if not id then
  return 0
end
local seen = redis.call('HMGET', KEYS[2], ARGV[1] .. ' i', ARGV[1] .. ' s')
if (seen[1] or '0') ~= ARGV[3] or (seen[2] or '0') ~= ARGV[4] then
  return 0
end
local held = 0
for _, name in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  local found = order(ARGV[2] .. name, id)
  if found and found.state == 'R' then
    for _, line in ipairs(parse(found.lines)) do
      if line.sku == ARGV[1] then
        held = held + line.quantity
      end
    end
  end
end
redis.call('HSET', KEYS[2], ARGV[1] .. ' i', ARGV[5], ARGV[1] .. ' a', whole(ARGV[5] - ARGV[6] - held), ARGV[1] .. ' r', whole(held), ARGV[1] .. ' s', ARGV[6])
return 1
