-- ARGV    grace (ms), limit
-- returns the ids of orders whose deadlines have passed, the oldest first
if not current() then
  return {}
end
return redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', '(' .. whole(now() - ARGV[1]), 'LIMIT', 0, ARGV[2])
