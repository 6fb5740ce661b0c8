-- common.lua: what every script of the routing index begins with. Not an act by itself.
-- `live.py` puts this text, after the key names of `keys.as_lua()`, in front of each script.
-- `pools` are words with one blank between; in `declined` and `missed` each word has a blank on both sides, so that
-- one plain search tells whether a seat is among them.

local call, find, words = redis.call, string.find, string.gmatch
local LOAD_STEP, IDLE_EPOCH_MS = 1099511627776, 1577836800000   -- as in selection.py
local TIES = 64   -- seats equal in load and idle that are compared by hash; more of them only after a bulk load

-- The index is whole only while its marker stands. Without it nothing is done but remembering, for whoever
-- rebuilds, that `subject` changed meanwhile. Returns an error reply, or nil.
local function index_lost(subject)
  if call('EXISTS', WHOLE) == 1 then return nil end
  call('SADD', LATE, subject)
  call('EXPIRE', LATE, 3600)
  return redis.error_reply('INDEXMISSING the routing index must be rebuilt')
end

local function whole(number) return string.format('%.0f', number) end   -- plain '..' rounds to 14 digits

local function pool_weight(pool) return tonumber(string.match(pool, '#(%d+)$')) or 1 end

local function among(list, id) return list and find(list, ' ' .. id .. ' ', 1, true) end

local function with(list, id)
  if among(list, id) then return list end
  return (list or '') .. ' ' .. id .. ' '
end

-- A ticket becomes known to the index: its hash and its queue, not yet its pools.
local function enter(ticket, rank, entered, queue, pools, weight, hold_ms, declined, missed)
  call('HSET', TICKET .. ticket, 'state', 'waiting', 'rank', rank, 'entered', entered, 'queue', queue,
    'pools', pools, 'weight', weight, 'hold_ms', hold_ms, 'declined', declined, 'missed', missed)
  call('ZADD', QUEUE .. queue, entered, ticket)
end

-- Put a seat into the pools where it may be chosen and out of all others. Every script that changed one of its
-- facts ends with this.
local function show_seat(seat)
  local facts = call('HMGET', SEAT .. seat, 'open', 'capacity', 'load', 'idle', 'pools', 'ticket')
  local pools = facts[5]
  if not pools then return end
  local capacity, load = tonumber(facts[2]), tonumber(facts[3]) or 0
  local room = 0
  if facts[1] == '1' and (facts[6] or '') == '' then room = capacity - load end
  if room <= 0 then
    for pool in words(pools, '%S+') do call('ZREM', SEATS .. pool, seat) end
    return
  end
  local score = whole(math.floor(load * 1000 / capacity) * LOAD_STEP + tonumber(facts[4]) - IDLE_EPOCH_MS)
  for pool in words(pools, '%S+') do
    if pool_weight(pool) <= room then call('ZADD', SEATS .. pool, score, seat)
    else call('ZREM', SEATS .. pool, seat) end
  end
end

local function join_pools(ticket, pools, rank)
  for pool in words(pools, '%S+') do call('ZADD', WAITING .. pool, rank, ticket) end
end

local function leave_pools(ticket, pools)
  for pool in words(pools, '%S+') do call('ZREM', WAITING .. pool, ticket) end
end

-- The held seat of a ticket is free again; what becomes of the ticket is the caller's act.
local function end_hold(ticket, seat)
  call('ZREM', HOLDS, ticket)
  call('HSET', SEAT .. seat, 'ticket', '')
end

-- A ticket that nobody has goes (back) to its place.
local function put_back(ticket)
  local facts = call('HMGET', TICKET .. ticket, 'pools', 'rank')
  call('HSET', TICKET .. ticket, 'state', 'waiting')
  call('HDEL', TICKET .. ticket, 'seat', 'expires')
  join_pools(ticket, facts[1], facts[2])
end

-- First seat of one pool that is not among `excluded`, a list of `count` seats. Returns seat and score, or nil.
-- Reads count + 2 members, however many the pool has; TIES more when several are equal.
local function first_seat(pool, ticket, excluded, count)
  local key = SEATS .. pool
  local found = call('ZRANGE', key, 0, count + 1, 'WITHSCORES')
  local seat, score, is_tied
  for i = 1, #found, 2 do
    if not among(excluded, found[i]) then
      if not seat then seat, score = found[i], found[i + 1]
      else
        is_tied = found[i + 1] == score
        break
      end
    end
  end
  if not seat then return nil end
  if not is_tied then return seat, tonumber(score) end
  local first, compared = 0, TIES + count
  local equal = call('ZCOUNT', key, score, score)
  if equal > compared then                        -- another stretch for each ticket, so that all have their turn
    first = math.min(tonumber(ticket) % math.ceil(equal / TIES) * TIES, equal - compared)
  end
  local least
  for _, other in ipairs(call('ZRANGEBYSCORE', key, score, score, 'LIMIT', first, compared)) do
    if not among(excluded, other) then
      local hash = redis.sha1hex(ticket .. ' ' .. other)
      if not least or hash < least then seat, least = other, hash end
    end
  end
  return seat, tonumber(score)
end

-- Best seat over all pools of a ticket: least load, then longest idle, then smallest hash. Returns the seat and
-- the pools that it serves, or nil.
local function choose_seat(ticket, pools, excluded)
  local count = 0
  for _ in words(excluded, '%d+') do count = count + 1 end
  while true do
    local best, best_score
    for pool in words(pools, '%S+') do
      local seat, score = first_seat(pool, ticket, excluded, count)
      if seat and (not best or score < best_score or (score == best_score and seat ~= best
          and redis.sha1hex(ticket .. ' ' .. seat) < redis.sha1hex(ticket .. ' ' .. best))) then
        best, best_score = seat, score
      end
    end
    if not best then return nil end
    local served = call('HGET', SEAT .. best, 'pools')
    if served then return best, served end
    for pool in words(pools, '%S+') do call('ZREM', SEATS .. pool, best) end   -- its hash was lost: no such seat
  end
end

-- Hold a ticket, which is in none of its pools, for a seat until an instant. `served`: the seat's pools.
local function hold(ticket, seat, served, expires)
  call('HSET', TICKET .. ticket, 'state', 'held', 'seat', seat, 'expires', expires)
  call('ZADD', HOLDS, expires, ticket)
  call('HSET', SEAT .. seat, 'ticket', ticket)
  for pool in words(served, '%S+') do call('ZREM', SEATS .. pool, seat) end
  return {ticket, seat, expires}
end

-- Hold a waiting ticket, if there is a seat for it. Returns {ticket, seat, end of the hold in ms} or nil.
local function match_ticket(ticket, now_ms)
  local facts = call('HMGET', TICKET .. ticket, 'state', 'pools', 'hold_ms', 'declined', 'missed')
  if facts[1] ~= 'waiting' then return nil end
  local declined, missed = facts[4] or '', facts[5] or ''
  local seat, served = choose_seat(ticket, facts[2], declined .. missed)
  if not seat and missed ~= '' then seat, served = choose_seat(ticket, facts[2], declined) end
  if not seat then return nil end
  leave_pools(ticket, facts[2])
  return hold(ticket, seat, served, whole(now_ms + facts[3]))
end

-- Hold the best waiting ticket for a seat: smallest rank over all its pools that it has not declined.
-- Returns {ticket, seat, end of the hold in ms} or nil. Looks at one ticket a pool, and at one more for each that
-- this very seat has declined.
local function match_seat(seat, now_ms)
  local facts = call('HMGET', SEAT .. seat, 'open', 'capacity', 'load', 'pools', 'ticket')
  if facts[1] ~= '1' or (facts[5] or '') ~= '' then return nil end
  local room = tonumber(facts[2]) - (tonumber(facts[3]) or 0)
  if room <= 0 then return nil end
  local heads = {}
  local function read_head(pool, place)
    local found = call('ZRANGE', WAITING .. pool, place, place, 'WITHSCORES')
    heads[pool] = found[1] and {ticket = found[1], rank = tonumber(found[2]), place = place} or nil
  end
  for pool in words(facts[4], '%S+') do
    if pool_weight(pool) <= room then read_head(pool, 0) end
  end
  while true do
    local best
    for _, head in pairs(heads) do
      if not best or head.rank < best.rank or (head.rank == best.rank and head.ticket < best.ticket) then
        best = head
      end
    end
    if not best then return nil end
    local ticket = best.ticket
    local wanted = call('HMGET', TICKET .. ticket, 'pools', 'hold_ms', 'declined')
    if wanted[1] and not among(wanted[3], seat) then
      leave_pools(ticket, wanted[1])
      return hold(ticket, seat, facts[4], whole(now_ms + wanted[2]))
    end
    for pool, head in pairs(heads) do
      if head.ticket == ticket then
        if not wanted[1] then call('ZREM', WAITING .. pool, ticket) end   -- its hash was lost: no such ticket
        read_head(pool, wanted[1] and head.place + 1 or head.place)
      end
    end
  end
end

-- A ticket that the index does not know becomes the work of a seat.
local function assign(ticket, seat, weight)
  call('HSET', TICKET .. ticket, 'state', 'assigned', 'seat', seat, 'weight', weight)
  call('HINCRBY', SEAT .. seat, 'load', weight)
end

-- A ticket leaves the index, and the seat that held it or worked on it is free of it.
-- Returns {state that it had, seat or ""}, or nil if the index does not know it.
local function forget_ticket(ticket, now_ms)
  local facts = call('HMGET', TICKET .. ticket, 'state', 'seat', 'pools', 'queue', 'weight')
  local state, seat = facts[1], facts[2] or ''
  if not state then return nil end
  call('DEL', TICKET .. ticket)
  if state == 'assigned' then
    call('HINCRBY', SEAT .. seat, 'load', -facts[5])
    call('HSET', SEAT .. seat, 'idle', now_ms)
  else
    call('ZREM', QUEUE .. facts[4], ticket)
    if state == 'held' then end_hold(ticket, seat) else leave_pools(ticket, facts[3]) end
  end
  if seat ~= '' then show_seat(seat) end
  return {state, seat}
end
