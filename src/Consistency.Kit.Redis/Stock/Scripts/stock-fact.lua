-- KEYS[5] the order
-- ARGV    order id, retention (ms), customer, lines,
--         what was decided: 'A' accepted | 'R' released | 'T' released, and it was told here before that it was accepted
-- returns 1 confirmed | 2 taken | 3 repeated | 4 unavailable | 5 released
local id = current()
if not id then
  return 4
end
local found = order(KEYS[5], id)
if ARGV[5] ~= 'A' then
  if found and (found.state == 'L' or found.state == 'E') then
    return 3
  end
  local released = found or {deadline = whole(now()), customer = ARGV[3], lines = ARGV[4]}
  if found or ARGV[5] == 'T' then
    -- An order that is not known any more was sold: the items say so still.
    local lines = parse(released.lines)
    read(lines, released.customer)
    local held = found and found.state == 'R'
    redis.call('ZREM', KEYS[3], ARGV[1])
    move(lines, released.customer, 1, held and -1 or 0, held and 0 or -1, -1)
  end
  released.state = 'L'
  keep(KEYS[5], released, id, ARGV[2])
  return 5
end
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
local held = found and found.state == 'R' and parse(found.lines)
if held then
  read(held, found.customer)
end
redis.call('ZREM', KEYS[3], ARGV[1])
if held then
  -- The ledger is right: what was held for other lines goes back first.
  move(held, found.customer, 1, -1, 0, -1)
  read(lines, ARGV[3])
end
move(lines, ARGV[3], -1, 0, 1, 1)
local deadline = found and found.deadline or whole(now())
keep(KEYS[5], {state = 'C', deadline = deadline, customer = ARGV[3], lines = ARGV[4]}, id, ARGV[2])
return 2
