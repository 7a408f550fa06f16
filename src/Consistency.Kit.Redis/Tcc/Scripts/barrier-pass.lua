-- KEYS[1]  a hash for one branch: state (1 tried, 2 confirmed, 3 cancelled), first and last (what repeats are told)
-- KEYS[2…] what the effect changes, integers
-- ARGV     operation (0 try, 1 confirm, 2 cancel), mode (run, refuse, look), retention (ms), result, then for each key: amount, floor or ''
-- returns  {outcome, detail}: done | repeated, result | empty | superseded | refused | order, state | would | short, number of the key
local operation, mode = ARGV[1], ARGV[2]
local row = redis.call('HMGET', KEYS[1], 'state', 'first', 'last')
local state = row[1]

-- what was done before comes first: a repeat must not be judged by what is left
if operation == '0' then
  if state == '3' then
    return {'superseded', ''}
  elseif state then
    return {'repeated', row[2] or ''}
  end
elseif operation == '1' then
  if state == '2' then
    return {'repeated', row[3] or ''}
  elseif state ~= '1' then
    return {'order', state or '0'}
  end
elseif state == '3' then
  return {'repeated', row[3] or ''}
elseif state == '2' then
  return {'order', state}
elseif not state then
  redis.call('HSET', KEYS[1], 'state', '3')
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {'empty', ''}
end
if mode == 'refuse' then
  return {'refused', ''}
elseif mode == 'look' then
  return {'would', ''}
end

-- all is looked at before anything is written: a script that breaks off is not rolled back
local limit = 9007199254740991
for i = 2, #KEYS do
  local text = redis.call('GET', KEYS[i]) or '0'
  if not (text == '0' or string.match(text, '^%-?[1-9]%d*$')) or #text > 17 then
    return redis.error_reply('ERR ' .. KEYS[i] .. ' does not hold a whole number')
  end
  local sum = tonumber(text) + tonumber(ARGV[2 * i + 1])
  local floor = ARGV[2 * i + 2]
  if floor ~= '' and sum < tonumber(floor) then
    return {'short', tostring(i - 1)}
  end
  if math.abs(tonumber(text)) > limit or math.abs(sum) > limit then
    return redis.error_reply('ERR ' .. KEYS[i] .. ' would hold more than 2^53')
  end
end
for i = 2, #KEYS do
  if ARGV[2 * i + 1] ~= '0' then
    redis.call('INCRBY', KEYS[i], ARGV[2 * i + 1])
  end
end
redis.call('HSET', KEYS[1], 'state', tostring(operation + 1), operation == '0' and 'first' or 'last', ARGV[4])
if operation ~= '0' then
  -- one that was only tried is kept: its cancel would find nothing to give back
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return {'done', ''}
