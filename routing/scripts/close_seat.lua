-- close_seat.lua: nothing more is held for a seat (break, off duty, wrap-up); what is held for it is withdrawn.
-- KEYS 1 the marker of the whole index
-- ARGV 1 seat
-- Reply {ticket, seat, end of the hold, ms}: the hold withdrawn, its ticket back at its place; or nil.
-- One act, because a hold made after the look would stay on a closed seat.
-- with base seat ticket why hold
local seat = ARGV[1]
local lost = index_lost('seat ' .. seat)
if lost then return lost end

local facts = call('HMGET', SEAT .. seat, 'open', 'ticket')
if facts[1] ~= '1' then return nil end
local ticket = facts[2]
call('HSET', SEAT .. seat, 'open', '0')
local withdrawn
if ticket and ticket ~= '' then
  withdrawn = {ticket, seat, call('HGET', TICKET .. ticket, 'expires')}
  free_seat(ticket, seat)
  put_back(ticket)
end
show_seat(seat)
return withdrawn
