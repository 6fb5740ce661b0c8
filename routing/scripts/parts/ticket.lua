-- ticket.lua: where a ticket stands. Needs base.

-- The ten facts of a ticket, as `live.ticket_row` writes them: id, entered ms, rank, queue, pools, length of a hold ms,
-- declined, missed, "1" for a caller on the line, next step ms or nothing.
local ROW = '^(.-)\n(.-)\n(.-)\n(.-)\n(.-)\n(.-)\n(.-)\n(.-)\n(.-)\n(.-)$'

-- The hash of a ticket that the index does not know: waiting or, with `seat`, held.
-- No field says what another key or field says already: each one costs time in the busiest script.
local function write_ticket(ticket, rank, queue, pools, hold_ms, declined, missed, live, step_at, seat, expires)
  local key = TICKET .. ticket
  if seat then
    call('HSET', key, 'state', 'held', 'rank', rank, 'queue', queue, 'pools', pools, 'hold_ms', hold_ms,
      'seat', seat, 'expires', expires)
  else
    call('HSET', key, 'state', 'waiting', 'rank', rank, 'queue', queue, 'pools', pools, 'hold_ms', hold_ms)
  end
  if declined ~= '' then call('HSET', key, 'declined', declined) end
  if missed ~= '' then call('HSET', key, 'missed', missed) end
  if live ~= '' then call('HSET', key, 'live', live) end
  if step_at ~= '' then call('HSET', key, 'step_at', step_at) end
end

-- The same, and its queue; not its pools.
local function enter(ticket, entered, rank, queue, ...)
  write_ticket(ticket, rank, queue, ...)
  call('ZADD', QUEUE .. queue, entered, ticket)
end

-- A caller takes the seat's place for calls, everything else takes of its capacity.
local function counter(live) return live == '1' and 'calls' or 'load' end

-- A ticket that the index does not know becomes the work of a seat.
local function assign(ticket, seat, weight, live)
  call('HSET', TICKET .. ticket, 'state', 'assigned', 'seat', seat, 'weight', weight)
  if live == '1' then call('HSET', TICKET .. ticket, 'live', live) end
  call('HINCRBY', SEAT .. seat, counter(live), weight)
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
  call('ZREM', STEPS, ticket)
end
