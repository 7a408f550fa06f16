-- KEYS[5] the order
-- ARGV    order id, retention (ms), customer, lines
-- returns 1 confirmed | 2 taken | 3 repeated | 4 unavailable
local id = current()
if not id then
  return 4
end
local found = order(KEYS[5], id)
if found and found.state == 'C' then
  return 3
end
local lines = parse(ARGV[4])
if found and found.state == 'R' and found.lines == ARGV[4] then
  read(lines, '')
  redis.call('ZREM', KEYS[3], ARGV[1])
  move(lines, '', 0, -1, 1, 0)
  found.state = 'C'
  keep(KEYS[5], found, id, ARGV[2])
  return 1
end
read(lines, ARGV[3])
redis.call('ZREM', KEYS[3], ARGV[1])
if found and found.state == 'R' then
  -- The ledger is right: what was held for other lines goes back first.
  local held = parse(found.lines)
  read(held, found.customer)
  move(held, found.customer, 1, -1, 0, -1)
  read(lines, ARGV[3])
end
move(lines, ARGV[3], -1, 0, 1, 1)
local deadline = found and found.deadline or whole(now())
keep(KEYS[5], {state = 'C', deadline = deadline, customer = ARGV[3], lines = ARGV[4]}, id, ARGV[2])
return 2
