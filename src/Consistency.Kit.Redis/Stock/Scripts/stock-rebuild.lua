-- ARGV    id, how ('begin', 'load', 'finish')
--         begin: only if it cannot be trusted and nobody rebuilds it (1 or 0), how long a rebuild may stand still (ms)
--         load: retention (ms), number of items, then sku, i, a, s of each, then state and text of the orders in KEYS[5...]
--         finish: open (1 or 0)
-- returns 1 done | 0 somebody else rebuilds, or has
local sale = redis.call('HMGET', KEYS[1], 'id', 'epoch', 'moved')
local rebuilding = sale[2] == 'rebuilding ' .. present()
if ARGV[2] == 'begin' then
  if sale[1] and tonumber(sale[1]) >= tonumber(ARGV[1]) then
    return 0
  end
  if ARGV[3] == '1' and (sale[2] == present() or (rebuilding and now() - count(sale[3], KEYS[1]) < tonumber(ARGV[4]))) then
    return 0
  end
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
  redis.call('HSET', KEYS[1], 'id', ARGV[1], 'epoch', 'rebuilding ' .. present(), 'open', '0', 'moved', whole(now()))
  return 1
end
-- What a server has forgotten of a rebuild must not be taken for whole.
if sale[1] ~= ARGV[1] or not rebuilding then
  return 0
end
redis.call('HSET', KEYS[1], 'moved', whole(now()))
if ARGV[2] == 'finish' then
  redis.call('HSET', KEYS[1], 'epoch', present(), 'open', ARGV[3])
  return 1
end
local at = 5
for _ = 1, tonumber(ARGV[4]) do
  redis.call('HSET', KEYS[2], ARGV[at] .. ' i', ARGV[at + 1], ARGV[at] .. ' a', ARGV[at + 2], ARGV[at] .. ' r', '0', ARGV[at] .. ' s', ARGV[at + 3])
  at = at + 4
end
for i = 5, #KEYS do
  redis.call('SET', KEYS[i], ARGV[at] .. ' ' .. ARGV[1] .. ' 0 ' .. ARGV[at + 1], 'PX', ARGV[3])
  at = at + 2
end
return 1
