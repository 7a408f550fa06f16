-- KEYS[5] the order
-- ARGV    order id, retention (ms)
-- returns 1 done | 2 repeated | 3 not found: a mark is left | 4 confirmed | 6 expired | 7 unavailable
local id = current()
if not id then
  return 7
end
local found = order(KEYS[5], id)
if not found then
  keep(KEYS[5], {state = 'L', deadline = whole(now()), customer = '', lines = ''}, id, ARGV[2])
  return 3
elseif found.state ~= 'R' then
  return ({C = 4, L = 2, E = 6})[found.state]
end
local lines = parse(found.lines)
read(lines, found.customer)
redis.call('ZREM', KEYS[3], ARGV[1])
move(lines, found.customer, 1, -1, 0, -1)
found.state = 'L'
keep(KEYS[5], found, id, ARGV[2])
return 1
