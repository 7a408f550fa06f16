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
local lines = parse(ARGV[6])
read(lines, ARGV[4])
local short = {3}
for _, line in ipairs(lines) do
  if line.a < line.quantity then
    short[#short + 1] = line.sku
    short[#short + 1] = whole(math.max(0, line.a))
  end
end
if #short > 1 then
  return short
end
if ARGV[5] ~= '' then
  local over = {4}
  local limit = tonumber(ARGV[5])
  for _, line in ipairs(lines) do
    if line.had + line.quantity > limit then
      over[#over + 1] = line.sku
      over[#over + 1] = whole(math.max(0, limit - line.had))
    end
  end
  if #over > 1 then
    return over
  end
end
redis.call('ZSCORE', KEYS[3], ARGV[1])
local deadline = whole(now() + ARGV[2])
move(lines, ARGV[4], -1, 1, 0, 1)
keep(KEYS[5], {state = 'R', deadline = deadline, customer = ARGV[4], lines = ARGV[6]}, id, whole(ARGV[2] + ARGV[3]))
redis.call('ZADD', KEYS[3], deadline, ARGV[1])
return {1, deadline}
