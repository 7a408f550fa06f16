-- ARGV    the most reservations to count, prefix of the keys of orders
-- returns {counted (1 or 0), then sku, i, a, r, s, held of each} | {} the sale cannot be trusted
local id = current()
if not id then
  return {}
end
local held = {}
local counted = redis.call('ZCARD', KEYS[3]) <= tonumber(ARGV[1])
if counted then
  for _, name in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
    local found = order(ARGV[2] .. name, id)
    if found and found.state == 'R' then
      for _, line in ipairs(parse(found.lines)) do
        held[line.sku] = (held[line.sku] or 0) + line.quantity
      end
    end
  end
end
local all = redis.call('HGETALL', KEYS[2])
local values = {}
for i = 1, #all, 2 do
  values[all[i]] = all[i + 1]
end
local levels = {counted and '1' or '0'}
for field, initial in pairs(values) do
  local sku = string.match(field, '^(%S+) i$')
  if sku then
    levels[#levels + 1] = sku
    levels[#levels + 1] = whole(count(initial, KEYS[2]))
    for _, part in ipairs(parts) do
      levels[#levels + 1] = whole(count(values[sku .. ' ' .. part], KEYS[2]))
    end
    levels[#levels + 1] = whole(held[sku] or 0)
  end
end
return levels
