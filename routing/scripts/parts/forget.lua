-- forget.lua: a ticket leaves the index. Needs base, seat, ticket, hold.

-- The seat that held it or worked on it is free of it. Returns {state that it had, seat or ""}, or nil if the index
-- does not know it.
local function forget_ticket(ticket, now_ms)
  local facts = call('HMGET', TICKET .. ticket, 'state', 'seat', 'pools', 'queue', 'weight', 'live')
  local state, seat = facts[1], facts[2] or ''
  if not state then return nil end
  call('DEL', TICKET .. ticket)
  if state == 'assigned' then
    call('HINCRBY', SEAT .. seat, counter(facts[6]), -facts[5])
    call('HSET', SEAT .. seat, 'idle', now_ms)
  else
    call('ZREM', QUEUE .. facts[4], ticket)
    if state == 'held' then free_seat(ticket, seat) else leave_pools(ticket, facts[3]) end
  end
  if seat ~= '' then show_seat(seat) end
  return {state, seat}
end
