-- hold.lua: the beginning and the end of a hold. Needs base, ticket, seat and why.

-- The seat's side of a hold. `served`: its pools. Returns the reply of every script that made one.
local function hold_seat(ticket, seat, served, expires)
  call('ZADD', HOLDS, expires, ticket)
  call('HSET', SEAT .. seat, 'ticket', ticket)
  for pool in words(served, '%S+') do call('ZREM', SEATS .. pool, seat) end
  return {ticket, seat, expires}
end

-- Hold a ticket, new or out of its pools, for a seat from now on; `told` is what the choice was made from.
local function begin_hold(ticket, seat, served, expires, now_ms, told)
  take_turn(seat, served, now_ms)
  local held = hold_seat(ticket, seat, served, expires)
  held[4] = told
  return held
end

-- Hold a waiting ticket for a seat for `hold_ms`, both with their pools.
local function hold(ticket, pools, seat, served, now_ms, hold_ms)
  local told, expires = why(pools), whole(now_ms + hold_ms)
  leave_pools(ticket, pools)
  call('HSET', TICKET .. ticket, 'state', 'held', 'seat', seat, 'expires', expires)
  return begin_hold(ticket, seat, served, expires, now_ms, told)
end

-- The seat's side of the end of a hold; the seat is not shown yet.
local function free_seat(ticket, seat)
  call('ZREM', HOLDS, ticket)
  call('HSET', SEAT .. seat, 'ticket', '')
end

-- The ticket's side, if nobody has it now: it goes back to its place.
local function put_back(ticket)
  local facts = call('HMGET', TICKET .. ticket, 'pools', 'rank', 'step_at')
  call('HSET', TICKET .. ticket, 'state', 'waiting')
  call('HDEL', TICKET .. ticket, 'seat', 'expires')
  join_pools(ticket, facts[1], facts[2])
  if facts[3] then call('ZADD', STEPS, facts[3], ticket) end
end
