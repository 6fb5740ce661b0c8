-- ticket.lua: where a ticket stands. Needs base.

-- The hash of a ticket that the index does not know: waiting or, with `seat`, held.
-- No field says what another key or field says already: each one costs time in the busiest script.
local function write_ticket(ticket, rank, queue, pools, hold_ms, declined, missed, seat, expires)
  local key = TICKET .. ticket
  if seat then
    call('HSET', key, 'state', 'held', 'rank', rank, 'queue', queue, 'pools', pools, 'hold_ms', hold_ms,
      'seat', seat, 'expires', expires)
  else
    call('HSET', key, 'state', 'waiting', 'rank', rank, 'queue', queue, 'pools', pools, 'hold_ms', hold_ms)
  end
  if declined ~= '' then call('HSET', key, 'declined', declined) end
  if missed ~= '' then call('HSET', key, 'missed', missed) end
end

-- The same, and its queue; not its pools.
local function enter(ticket, entered, rank, queue, ...)
  write_ticket(ticket, rank, queue, ...)
  call('ZADD', QUEUE .. queue, entered, ticket)
end

-- A ticket that the index does not know becomes the work of a seat.
local function assign(ticket, seat, weight)
  call('HSET', TICKET .. ticket, 'state', 'assigned', 'seat', seat, 'weight', weight)
  call('HINCRBY', SEAT .. seat, 'load', weight)
end

-- Add a seat to a ticket's list `declined` or `missed`.
local function note_seat(ticket, name, seat)
  local list = call('HGET', TICKET .. ticket, name) or ''
  if not among(list, seat) then call('HSET', TICKET .. ticket, name, list .. ' ' .. seat .. ' ') end
end

local function join_pools(ticket, pools, rank)
  for pool in words(pools, '%S+') do call('ZADD', WAITING .. pool, rank, ticket) end
end

local function leave_pools(ticket, pools)
  for pool in words(pools, '%S+') do call('ZREM', WAITING .. pool, ticket) end
end
