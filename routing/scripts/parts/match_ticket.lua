-- match_ticket.lua: hold a ticket that is in the index for the best free seat. Needs base, ticket, hold, choose_seat.

-- Returns {ticket, seat, end of the hold in ms, why}, or nil: it does not wait, or no seat is free for it.
local function match_ticket(ticket, now_ms)
  local facts = call('HMGET', TICKET .. ticket, 'state', 'pools', 'hold_ms', 'declined', 'missed', 'live')
  if facts[1] ~= 'waiting' then return nil end
  local seat, served = choose_seat(ticket, facts[2], facts[6] == '1', facts[4] or '', facts[5] or '')
  return seat and hold(ticket, facts[2], seat, served, now_ms, facts[3])
end
