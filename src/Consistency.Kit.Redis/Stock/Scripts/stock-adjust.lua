-- KEYS[5] the change, where it has an id
-- ARGV    sku, how ('set' or 'add'), quantity, the most there can be, retention (ms)
-- returns {1, i, a, r, s} done | {2, ...} repeated | {3, ...} insufficient | {4, reason} unavailable | {5} too many
local id, reason = current()
if not id then
  return {4, reason}
end
local values = redis.call('HMGET', KEYS[2], ARGV[1] .. ' i', ARGV[1] .. ' a', ARGV[1] .. ' r', ARGV[1] .. ' s')
local initial, available = count(values[1], KEYS[2]), count(values[2], KEYS[2])
local function answer(code)
  return {code, whole(initial), whole(available), values[3] or '0', values[4] or '0'}
end
local change = tonumber(ARGV[3])
if ARGV[2] == 'set' then
  change = change - initial
elseif redis.call('GET', KEYS[5]) == id then
  return answer(2)
elseif initial + change > tonumber(ARGV[4]) then
  return {5}
end
if change < 0 and available + change < 0 then
  return answer(3)
end
initial, available = initial + change, available + change
redis.call('HSET', KEYS[2], ARGV[1] .. ' i', whole(initial), ARGV[1] .. ' a', whole(available), ARGV[1] .. ' r', values[3] or '0', ARGV[1] .. ' s', values[4] or '0')
if ARGV[2] == 'add' then
  redis.call('SET', KEYS[5], id, 'PX', ARGV[5])
end
return answer(1)
