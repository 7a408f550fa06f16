-- ARGV    sku, name of the correction, initial and sold as they were seen, what to add to initial, available, reserved and sold
-- returns 1 done | 0 it has moved since, or the sale cannot be trusted
-- What is added keeps what moved meanwhile. The name keeps a call that is sent again from being added twice.
local id = current()
if not id then
  return 0
end
local sku = ARGV[1]
local seen = redis.call('HMGET', KEYS[2], sku .. ' i', sku .. ' a', sku .. ' r', sku .. ' s', sku .. ' c')
if seen[5] == ARGV[2] then
  return 1
end
local i, a, r, s = count(seen[1], KEYS[2]), count(seen[2], KEYS[2]), count(seen[3], KEYS[2]), count(seen[4], KEYS[2])
if i ~= tonumber(ARGV[3]) or s ~= tonumber(ARGV[4]) then
  return 0
end
redis.call('HSET', KEYS[2], sku .. ' i', whole(i + ARGV[5]), sku .. ' a', whole(a + ARGV[6]), sku .. ' r', whole(r + ARGV[7]), sku .. ' s', whole(s + ARGV[8]), sku .. ' c', ARGV[2])
return 1
