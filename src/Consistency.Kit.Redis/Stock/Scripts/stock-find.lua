-- KEYS[5] the order
-- returns {state, deadline, customer, lines} | {} unknown
local id = redis.call('HGET', KEYS[1], 'id')
local found = id and order(KEYS[5], id)
if not found then
  return {}
end
return {found.state, found.deadline, found.customer, found.lines}
