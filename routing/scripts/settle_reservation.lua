-- settle_reservation.lua: end one hold. Accepted: the seat has the ticket as work. Declined, lapsed or cancelled:
-- the ticket is back at its old place; who declined is never asked again, who missed it only for want of others.
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 seat  3 end of the hold, ms (with the other two it names this hold and no later one)
--      4 accepted, declined, lapsed or cancelled
-- Reply 1, or 0: this hold is over already, nothing was changed.
-- One act, because a seat that accepts and a sweep that takes back may come at the same moment.
-- with base seat ticket why hold
local ticket, seat, expires, outcome = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

local facts = call('HMGET', TICKET .. ticket, 'state', 'seat', 'expires', 'queue', 'pools', 'live')
if facts[1] ~= 'held' or facts[2] ~= seat or facts[3] ~= expires then return 0 end
free_seat(ticket, seat)
if outcome == 'accepted' then
  call('ZREM', QUEUE .. facts[4], ticket)
  call('DEL', TICKET .. ticket)
  assign(ticket, seat, pool_weight(facts[5]), facts[6])
else
  if outcome == 'declined' then note_seat(ticket, 'declined', seat) end
  if outcome == 'lapsed' then note_seat(ticket, 'missed', seat) end
  put_back(ticket)
end
show_seat(seat)
return 1
