-- take_ticket.lua: a ticket becomes a seat's work by hand (taken, assigned or transferred), wherever it stood.
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 seat  3 weight, units  4 now, ms  5 "1": a caller is on the line
-- Reply {state that it had, seat that held it or worked on it, or ""}, or nil: the index did not know it. Nothing
-- is changed if the seat already works on it.
-- One act, because a ticket in two places would be worked on twice. The load may pass the capacity: a person
-- decided so, and nothing more is held for the seat until it is below again.
-- with base seat ticket why hold forget
local ticket, seat, weight, now_ms, live = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

local had = call('HMGET', TICKET .. ticket, 'state', 'seat')
if had[1] == 'assigned' and had[2] == seat then return had end
local before = forget_ticket(ticket, now_ms)
assign(ticket, seat, weight, live)
show_seat(seat)
return before
