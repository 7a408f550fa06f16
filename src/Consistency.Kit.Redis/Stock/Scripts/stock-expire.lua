-- KEYS[5...] the orders
-- ARGV       grace (ms), retention (ms), order ids
-- returns how many were given back, or -1 unavailable
local id = current()
if not id then
  return -1
end
local before = now() - ARGV[1]
local expired = 0
for i = 5, #KEYS do
  -- What cannot be read is left alone, and keeps nobody else from being given back.
  local readable, found = pcall(order, KEYS[i], id)
  if readable and not found then
    redis.call('ZREM', KEYS[3], ARGV[i - 2])
  elseif readable and found.state == 'R' and tonumber(found.deadline) < before then
    local lines = parse(found.lines)
    if pcall(read, lines, found.customer) then
      redis.call('ZREM', KEYS[3], ARGV[i - 2])
      move(lines, found.customer, 1, -1, 0, -1)
      found.state = 'E'
      keep(KEYS[i], found, id, ARGV[2])
      expired = expired + 1
    end
  end
end
return expired
