-- KEYS[5] the order
-- ARGV    order id, hold (ms), retention (ms), customer, limit, lines
-- returns {1, deadline} reserved | {2, state, deadline} replayed | {3, sku, left, ...} insufficient | {4, sku, left, ...} over the limit
--         {5} conflict | {6} expired | {7} released | {8, reason} selling stopped
local id, reason = current()
if not id then
  return {8, reason}
end
local found = order(KEYS[5], id)
if found then
  if found.lines ~= '' and (found.lines ~= ARGV[6] or found.customer ~= ARGV[4]) then
    return {5}
  elseif found.state == 'E' then
    return {6}
  elseif found.state == 'L' then
    return {7}
  end
  return {2, found.state, found.deadline}
end
if reason ~= 0 then
  return {8, reason}
end
-- The most frequent of the scripts: it reads and moves only what it needs, without what the others share.
local customer = ARGV[4]
local skus, quantities, fields = {}, {}, {}
for sku, quantity in string.gmatch(ARGV[6], '(%S+) (%d+)') do
  skus[#skus + 1] = sku
  quantities[#quantities + 1] = tonumber(quantity)
  fields[#fields + 1] = sku .. ' a'
  fields[#fields + 1] = sku .. ' r'
end
local values = redis.call('HMGET', KEYS[2], unpack(fields))
local short = {3}
local moves = {}
for i, quantity in ipairs(quantities) do
  local at = 2 * i - 1
  local available, reserved = count(values[at], KEYS[2]), count(values[at + 1], KEYS[2])
  if available < quantity then
    short[#short + 1] = skus[i]
    short[#short + 1] = whole(math.max(0, available))
  elseif #short == 1 then
    moves[2 * at - 1], moves[2 * at] = fields[at], whole(available - quantity)
    moves[2 * at + 1], moves[2 * at + 2] = fields[at + 1], whole(reserved + quantity)
  end
end
if #short > 1 then
  return short
end
local taken = {}
if customer ~= '' then
  for i, sku in ipairs(skus) do
    taken[i] = customer .. ' ' .. sku
  end
  local over = {4}
  local limit = tonumber(ARGV[5])
  local had = redis.call('HMGET', KEYS[4], unpack(taken))
  for i, quantity in ipairs(quantities) do
    local has = count(had[i], KEYS[4])
    if limit and has + quantity > limit then
      over[#over + 1] = skus[i]
      over[#over + 1] = whole(math.max(0, limit - has))
    end
    had[i] = has + quantity
  end
  if #over > 1 then
    return over
  end
  for i = #taken, 1, -1 do
    taken[2 * i - 1], taken[2 * i] = taken[i], whole(had[i])
  end
end
local deadline = whole(now() + ARGV[2])
-- First the one write to a key of which nothing was read: where it fails, nothing was written.
redis.call('ZADD', KEYS[3], deadline, ARGV[1])
redis.call('HSET', KEYS[2], unpack(moves))
if customer ~= '' then
  redis.call('HSET', KEYS[4], unpack(taken))
end
keep(KEYS[5], {state = 'R', deadline = deadline, customer = customer, lines = ARGV[6]}, id, whole(ARGV[2] + ARGV[3]))
return {1, deadline}
