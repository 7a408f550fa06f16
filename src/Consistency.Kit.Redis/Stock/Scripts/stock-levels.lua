-- ARGV    sku, or nothing for all
-- returns sku, i, a, r, s of each
local levels = {}
if ARGV[1] then
  local values = redis.call('HMGET', KEYS[2], ARGV[1] .. ' i', ARGV[1] .. ' a', ARGV[1] .. ' r', ARGV[1] .. ' s')
  if not values[1] then
    return levels
  end
  levels[1] = ARGV[1]
  for i = 1, 4 do
    levels[i + 1] = whole(count(values[i], KEYS[2]))
  end
  return levels
end
local all = redis.call('HGETALL', KEYS[2])
local values = {}
for i = 1, #all, 2 do
  values[all[i]] = all[i + 1]
end
for field, initial in pairs(values) do
  local sku = string.match(field, '^(%S+) i$')
  if sku then
    levels[#levels + 1] = sku
    levels[#levels + 1] = whole(count(initial, KEYS[2]))
    for _, part in ipairs(parts) do
      levels[#levels + 1] = whole(count(values[sku .. ' ' .. part], KEYS[2]))
    end
  end
end
return levels
