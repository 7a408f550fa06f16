-- KEYS[5] the order
-- ARGV    order id, retention (ms)
-- returns 1 done | 2 repeated | 3 not found | 5 released | 6 expired | 7 unavailable
local id = current()
if not id then
  return 7
end
local found = order(KEYS[5], id)
if not found then
  return 3
elseif found.state ~= 'R' then
  return ({C = 2, L = 5, E = 6})[found.state]
end
local lines = parse(found.lines)
read(lines, '')
redis.call('ZREM', KEYS[3], ARGV[1])
move(lines, '', 0, -1, 1, 0)
found.state = 'C'
keep(KEYS[5], found, id, ARGV[2])
return 1
