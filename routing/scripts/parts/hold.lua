-- hold.lua: the beginning and the end of a hold. Needs base and ticket.

-- The seat's side of a hold. `served`: the seat's pools. Returns the reply of every script that made one.
local function hold_seat(ticket, seat, served, expires)
  call('ZADD', HOLDS, expires, ticket)
  call('HSET', SEAT .. seat, 'ticket', ticket)
  for pool in words(served, '%S+') do call('ZREM', SEATS .. pool, seat) end
  return {ticket, seat, expires}
end

-- Hold a waiting ticket for a seat until an instant, both with their pools.
local function hold(ticket, pools, seat, served, expires)
  leave_pools(ticket, pools)
  call('HSET', TICKET .. ticket, 'state', 'held', 'seat', seat, 'expires', expires)
  return hold_seat(ticket, seat, served, expires)
end

-- The seat's side of the end of a hold; the seat is not shown yet.
local function free_seat(ticket, seat)
  call('ZREM', HOLDS, ticket)
  call('HSET', SEAT .. seat, 'ticket', '')
end

-- The ticket's side, if nobody has it now: it goes back to its place.
local function put_back(ticket)
  local facts = call('HMGET', TICKET .. ticket, 'pools', 'rank')
  call('HSET', TICKET .. ticket, 'state', 'waiting')
  call('HDEL', TICKET .. ticket, 'seat', 'expires')
  join_pools(ticket, facts[1], facts[2])
end
