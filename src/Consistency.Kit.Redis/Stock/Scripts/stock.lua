-- Goes before every script of stock. All keys of a sale have its hash tag:
-- KEYS[1] the sale, a hash: id (raised by each rebuild), epoch (the server's replication id when it was made), open (1 or 0),
--         moved (when the last rebuild took its last step)
-- KEYS[2] its items, a hash: for each SKU the fields "SKU i" (initial), "SKU a" (available), "SKU r" (reserved), "SKU s" (sold), "SKU c" (last correction)
-- KEYS[3] deadlines, a sorted set of order ids by milliseconds
-- KEYS[4] what customers have, a hash: "customer SKU" -> pieces
-- An order is a string: state (R reserved, C confirmed, L released, E expired), id of the sale, deadline, "=" and the customer, lines.
-- A script reads every key it needs, and checks what it read, before it writes: an error does not undo what was written before it.

-- A primary has a new replication id after a restart and after a promotion: what it has may be old then, or not all of it.
local function present()
  return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
end

-- The sale's id and whether it sells, or nothing and why.
local function current()
  local sale = redis.call('HMGET', KEYS[1], 'id', 'epoch', 'open')
  if not sale[1] then
    return nil, 1
  end
  -- Ids have 40 digits each. A search for the one that is expected costs a third of reading the one that is there.
  if not sale[2] or #sale[2] ~= 40 or not string.find(redis.call('INFO', 'replication'), 'master_replid:' .. sale[2], 1, true) then
    return nil, 3
  end
  return sale[1], sale[3] == '1' and 0 or 2
end

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function whole(number)
  return string.format('%.0f', number)
end

local function count(value, of)
  if not value then
    return 0
  end
  if not string.find(value, '^-?%d+$') then
    error('UNREADABLE ' .. of)
  end
  return tonumber(value)
end

-- An order of this epoch; nothing for one that is unknown or older.
local function order(key, id)
  local value = redis.call('GET', key)
  if not value then
    return nil
  end
  local state, of, deadline, customer, lines = string.match(value, '^(%u) (%d+) (%d+) =(%S*) ?(.*)$')
  if not state then
    error('UNREADABLE ' .. key)
  end
  if of ~= id then
    return nil
  end
  return {state = state, deadline = deadline, customer = customer, lines = lines}
end

local function keep(key, found, id, milliseconds)
  redis.call('SET', key, found.state .. ' ' .. id .. ' ' .. found.deadline .. ' =' .. found.customer .. ' ' .. found.lines, 'PX', milliseconds)
end

local function parse(lines)
  local parsed = {}
  for sku, quantity in string.gmatch(lines, '(%S+) (%d+)') do
    parsed[#parsed + 1] = {sku = sku, quantity = tonumber(quantity)}
  end
  return parsed
end

local parts = {'a', 'r', 's'}

-- Reads what moves pieces of lines; nothing is written.
local function read(lines, customer)
  local fields, taken = {}, {}
  for _, line in ipairs(lines) do
    for _, part in ipairs(parts) do
      fields[#fields + 1] = line.sku .. ' ' .. part
    end
    taken[#taken + 1] = customer .. ' ' .. line.sku
  end
  local values = redis.call('HMGET', KEYS[2], unpack(fields))
  local had = customer ~= '' and redis.call('HMGET', KEYS[4], unpack(taken)) or {}
  for i, line in ipairs(lines) do
    for j, part in ipairs(parts) do
      local at = (i - 1) * #parts + j
      line[part] = count(values[at], KEYS[2])
    end
    line.known = values[i * #parts - 2]
    line.had = count(had[i], KEYS[4])
  end
end

-- Moves pieces of lines that were read.
local function move(lines, customer, available, reserved, sold, taken)
  local fields = {}
  for _, line in ipairs(lines) do
    local quantity = line.quantity
    if not line.known then
      fields[#fields + 1] = line.sku .. ' i'
      fields[#fields + 1] = '0'
    end
    if available ~= 0 or not line.known then
      line.a = line.a + available * quantity
      fields[#fields + 1] = line.sku .. ' a'
      fields[#fields + 1] = whole(line.a)
    end
    if reserved ~= 0 or not line.known then
      line.r = line.r + reserved * quantity
      fields[#fields + 1] = line.sku .. ' r'
      fields[#fields + 1] = whole(line.r)
    end
    if sold ~= 0 or not line.known then
      line.s = line.s + sold * quantity
      fields[#fields + 1] = line.sku .. ' s'
      fields[#fields + 1] = whole(line.s)
    end
    if customer ~= '' and taken ~= 0 then
      -- A rebuild forgets what customers have; what they give back of it does not raise their limit.
      line.had = math.max(0, line.had + taken * quantity)
      if line.had == 0 then
        redis.call('HDEL', KEYS[4], customer .. ' ' .. line.sku)
      else
        redis.call('HSET', KEYS[4], customer .. ' ' .. line.sku, whole(line.had))
      end
    end
    line.known = true
  end
  redis.call('HSET', KEYS[2], unpack(fields))
end
