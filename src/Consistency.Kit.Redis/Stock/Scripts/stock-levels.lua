-- ARGV    sku, or nothing for all
-- returns sku, i, a, r, s of each
local levels = {}
if ARGV[1] then
  local values = redis.call('HMGET', KEYS[2], ARGV[1] .. ' i', ARGV[1] .. ' a', ARGV[1] .. ' r', ARGV[1] .. ' s')
  return values[1] and {ARGV[1], values[1], values[2] or '0', values[3] or '0', values[4] or '0'} or levels
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
    levels[#levels + 1] = initial
    for _, part in ipairs(parts) do
      levels[#levels + 1] = values[sku .. ' ' .. part] or '0'
    end
  end
end
return levels
